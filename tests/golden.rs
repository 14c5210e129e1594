//! Small runs of the shipped scenarios as tables: a moved number is seen and explained.
