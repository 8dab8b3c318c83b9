"""The Python endpoint that Hotpath gravity replaces: POST /simulate with a softened direct sum and
symplectic Euler, velocity first.

  python3 endpoint.py --kernel loop|rows|numpy --particles state.npy

`loop` is a double loop over particle objects, `rows` a double loop over rows of NumPy arrays (as first
versions of such services are written), `numpy` the same sum vectorised the way a NumPy user would write
it (component-wise n x n arrays). The state stays in memory between calls: unlike
the service it is compared with, this one pays nothing for a database. Prints its port when ready.
"""

import argparse
import json
import math
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np

G = 6.67430e-11
SOFTENING_SQUARED = 1e-9


class Particle:
    def __init__(self, mass, x, y, z, vx, vy, vz):
        self.mass = mass
        self.x, self.y, self.z = x, y, z
        self.vx, self.vy, self.vz = vx, vy, vz


def run_loop(state, dt, steps):
    particles = [Particle(*row) for row in state.tolist()]
    for _ in range(steps):
        accelerations = []
        for a in particles:
            ax = ay = az = 0.0
            for b in particles:
                if a is b:
                    continue
                dx = b.x - a.x
                dy = b.y - a.y
                dz = b.z - a.z
                r2 = dx * dx + dy * dy + dz * dz + SOFTENING_SQUARED
                f = G * b.mass / (r2 * math.sqrt(r2))
                ax += f * dx
                ay += f * dy
                az += f * dz
            accelerations.append((ax, ay, az))
        for p, (ax, ay, az) in zip(particles, accelerations):
            p.vx += ax * dt
            p.vy += ay * dt
            p.vz += az * dt
            p.x += p.vx * dt
            p.y += p.vy * dt
            p.z += p.vz * dt
    return np.array([[p.mass, p.x, p.y, p.z, p.vx, p.vy, p.vz] for p in particles])


def run_rows(state, dt, steps):
    mass, position, velocity = state[:, 0], state[:, 1:4].copy(), state[:, 4:7].copy()
    n = len(mass)
    for _ in range(steps):
        acceleration = np.zeros_like(position)
        for i in range(n):
            for j in range(n):
                if i == j:
                    continue
                r = position[j] - position[i]
                r2 = np.dot(r, r) + SOFTENING_SQUARED
                acceleration[i] += G * mass[j] * r / (r2 * math.sqrt(r2))
        velocity += acceleration * dt
        position += velocity * dt
    return np.column_stack([mass, position, velocity])


def run_numpy(state, dt, steps):
    mass = state[:, 0]
    x, y, z = (np.ascontiguousarray(state[:, k]) for k in (1, 2, 3))
    vx, vy, vz = (np.ascontiguousarray(state[:, k]) for k in (4, 5, 6))
    for _ in range(steps):
        dx = x[None, :] - x[:, None]
        dy = y[None, :] - y[:, None]
        dz = z[None, :] - z[:, None]
        r2 = dx * dx + dy * dy + dz * dz + SOFTENING_SQUARED
        f = (G * mass)[None, :] / (r2 * np.sqrt(r2))
        vx = vx + (f * dx).sum(axis=1) * dt
        vy = vy + (f * dy).sum(axis=1) * dt
        vz = vz + (f * dz).sum(axis=1) * dt
        x, y, z = x + vx * dt, y + vy * dt, z + vz * dt
    return np.column_stack([mass, x, y, z, vx, vy, vz])


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server = self.server
        server.state = server.run(server.state, request["time_step"], request["num_steps"])
        body = json.dumps(
            {"status": "completed", "checksum": float(np.abs(server.state[:, 1:4]).sum())}
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        pass


parser = argparse.ArgumentParser()
parser.add_argument("--kernel", choices=["loop", "rows", "numpy"], required=True)
parser.add_argument("--particles", required=True)
arguments = parser.parse_args()
server = HTTPServer(("127.0.0.1", 0), Handler)
server.state = np.load(arguments.particles)
server.run = {"loop": run_loop, "rows": run_rows, "numpy": run_numpy}[arguments.kernel]
print(server.server_port, flush=True)
server.serve_forever()
