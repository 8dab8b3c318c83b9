"""The direct sum in NumPy without Python loops, in the two ways that people write it.
usage: direct_numpy.py FILE broadcast|components SECONDS"""

import json
import sys
import time

import numpy as np

data = np.fromfile(sys.argv[1])
n = int(data[0])
mass, x, y, z = data[1:].reshape(4, n)
positions = np.stack([x, y, z], axis=1)


def broadcast():
    d = positions[None, :, :] - positions[:, None, :]
    r2 = (d * d).sum(axis=2) + 1e-4
    return ((mass / (r2 * np.sqrt(r2)))[:, :, None] * d).sum(axis=1).T


def components():
    dx = x[None, :] - x[:, None]
    dy = y[None, :] - y[:, None]
    dz = z[None, :] - z[:, None]
    r2 = dx * dx + dy * dy + dz * dz + 1e-4
    w = mass / (r2 * np.sqrt(r2))
    return (w * dx).sum(axis=1), (w * dy).sum(axis=1), (w * dz).sum(axis=1)


accelerations = {"broadcast": broadcast, "components": components}[sys.argv[2]]
samples = []
until = time.perf_counter() + float(sys.argv[3])
while time.perf_counter() < until or len(samples) < 3:
    start = time.perf_counter()
    ax, ay, az = accelerations()
    samples.append(1e3 * (time.perf_counter() - start))
print(json.dumps({"value": float(np.median(samples)), "checksum": "%.12g" % (ax[0] + ay[1] + az[2])}))
