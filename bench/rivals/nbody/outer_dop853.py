"""Sun and giant planets by SciPy's DOP853 at its tightest tolerance, which is what its users would take.

usage: outer_dop853.py STATE.json YEARS time|energy
Prints {"value": ms a Jupiter year, or the largest relative energy error at the ends of the years}.
"""
import json
import sys
import time

import numpy as np
from scipy.integrate import DOP853

state = json.load(open(sys.argv[1]))
years = int(sys.argv[2])
G, year = state["G"], state["year"]
columns = np.array(state["columns"])
mass, position, velocity = columns[0], columns[1:4], columns[4:7]
n = len(mass)
own = np.eye(n, dtype=bool)


def derivative(_, y):
    r = y[: 3 * n].reshape(3, n)
    d = r[:, None, :] - r[:, :, None]
    s2 = np.einsum("cij,cij->ij", d, d)
    s2[own] = 1
    w = G * mass / (s2 * np.sqrt(s2))
    return np.concatenate([y[3 * n :], np.einsum("ij,cij->ci", w, d).ravel()])


def energy(y):
    r = y[: 3 * n].reshape(3, n)
    v = y[3 * n :].reshape(3, n)
    i, j = np.triu_indices(n, 1)
    distance = np.sqrt(((r[:, i] - r[:, j]) ** 2).sum(axis=0))
    return 0.5 * (mass * (v * v).sum(axis=0)).sum() - G * (mass[i] * mass[j] / distance).sum()


y = np.concatenate([position.ravel(), velocity.ravel()])
before = energy(y)
worst = 0.0
start = time.perf_counter()
for k in range(years):
    # 2.3e-14 is the least that SciPy takes: 100 times the machine's precision.
    solver = DOP853(derivative, 0.0, y, year, rtol=2.3e-14, atol=1e-18)
    while solver.status == "running":
        solver.step()
    y = solver.y
    worst = max(worst, abs(energy(y) / before - 1))
each = (time.perf_counter() - start) / years * 1000
print(json.dumps({"value": worst if sys.argv[3] == "energy" else each}))
