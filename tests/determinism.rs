//! Same scenario and seed, same bits: for any number of threads, lanes, blocks and any order.
