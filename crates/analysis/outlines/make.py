"""Makes world.txt from countries-50m.json of the npm package world-atlas 2.0.2 (Natural Earth 4.1.0, public domain).

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python3 make.py package/countries-50m.json > world.txt

Arcs are simplified before they are joined, so that neighbours keep one border. One line a country: its ISO 3166-1
numeric code (0 if it has none), a colon, then rings parted by `;`. A ring is a list of whole numbers: longitude and
latitude of its first point in twentieths of a degree, then the steps from point to point. Standard library only.
"""

import heapq
import json
import sys

GRID = 20  # steps in a degree
AREA_MIN = 0.012  # a point that spans less than this with its neighbours is left out [square degrees]
RING_MIN = 0.10  # a smaller ring is left out, unless it is the country's largest [square degrees]


def decoded(topology):
    scale, translate = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * scale[0] + translate[0], y * scale[1] + translate[1]))
        arcs.append(points)
    return arcs


def triangle(a, b, c):
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2


def simplified(points):
    """Visvalingam and Whyatt (1993): the point of the least triangle goes first; ends stay."""
    n = len(points)
    before, after = list(range(-1, n - 1)), list(range(1, n + 1))
    gone = [False] * n
    area = [float("inf")] * n
    heap = []
    for i in range(1, n - 1):
        area[i] = triangle(points[i - 1], points[i], points[i + 1])
        heapq.heappush(heap, (area[i], i))
    while heap:
        least, i = heapq.heappop(heap)
        if gone[i] or least != area[i]:
            continue
        if least >= AREA_MIN:
            break
        gone[i] = True
        p, q = before[i], after[i]
        after[p], before[q] = q, p
        for j in (p, q):
            if 0 < j < n - 1:
                area[j] = max(least, triangle(points[before[j]], points[j], points[after[j]]))
                heapq.heappush(heap, (area[j], j))
    return [point for point, left in zip(points, gone) if not left]


def ring_of(arcs, indices):
    ring = []
    for index in indices:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring.extend(arc[1:] if ring else arc)
    return ring


def size(ring):
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1]))) / 2


def encoded(ring):
    grid = [(round(x * GRID), round(y * GRID)) for x, y in ring]
    kept = [grid[0]]
    for point in grid[1:]:
        if point != kept[-1]:
            kept.append(point)
    if kept[-1] == kept[0]:
        kept.pop()
    if len(kept) < 3:
        return None
    numbers = list(kept[0])
    for (x0, y0), (x1, y1) in zip(kept, kept[1:]):
        numbers += [x1 - x0, y1 - y0]
    return " ".join(map(str, numbers))


def main():
    topology = json.load(open(sys.argv[1]))
    full = decoded(topology)
    # A closed arc (an island) has no neighbour: it may keep more of its shape by being cut in two.
    arcs = []
    for arc in full:
        if len(arc) > 8 and arc[0] == arc[-1]:
            half = len(arc) // 2
            arcs.append(simplified(arc[: half + 1])[:-1] + simplified(arc[half:]))
        else:
            arcs.append(simplified(arc))
    rows = []
    for country in topology["objects"]["countries"]["geometries"]:
        shape = {"Polygon": [country.get("arcs")], "MultiPolygon": country.get("arcs")}[country["type"]]
        rings = [ring_of(arcs, indices) for polygon in shape for indices in polygon]
        exact = [size(ring_of(full, indices)) for polygon in shape for indices in polygon]
        largest = max(exact)
        ordered = sorted(zip(exact, rings), key=lambda pair: -pair[0])
        texts = [encoded(ring) for area, ring in ordered if area >= RING_MIN or area == largest]
        texts = [text for text in texts if text]
        if not texts:  # too small for the grid: a small diamond in its place
            x, y = ordered[0][1][0]
            x, y = round(x * GRID), round(y * GRID)
            texts = [f"{x - 2} {y} 2 2 2 -2 -2 -2"]
        rows.append((int(country.get("id") or 0), ";".join(texts)))
    print("# Natural Earth 4.1.0, 1:50m, by world-atlas 2.0.2; public domain. Made by make.py; see SOURCES.md.")
    for code, text in sorted(rows):
        print(f"{code}:{text}")


main()
