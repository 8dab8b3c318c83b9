"""The Python endpoint that Hotpath gravity replaces: POST /simulate with a softened direct sum and
symplectic Euler, velocity first.

  python3 endpoint.py --kernel loop|numpy --particles state.npy

`loop` is the original service's double loop over particles; `numpy` is the same sum vectorised the way a
NumPy user would write it (component-wise n x n arrays). The state stays in memory between calls: unlike
the service it is compared with, this one pays nothing for a database. Prints its port when ready.
"""

import argparse
import json
import math
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np

G = 6.67430e-11
SOFTENING_SQUARED = 1e-9


def accelerations_loop(mass, position):
    n = len(mass)
    result = [[0.0, 0.0, 0.0] for _ in range(n)]
    for i in range(n):
        for j in range(n):
            if i == j:
                continue
            dx = position[j][0] - position[i][0]
            dy = position[j][1] - position[i][1]
            dz = position[j][2] - position[i][2]
            r2 = dx * dx + dy * dy + dz * dz + SOFTENING_SQUARED
            f = G * mass[j] / (r2 * math.sqrt(r2))
            result[i][0] += f * dx
            result[i][1] += f * dy
            result[i][2] += f * dz
    return result


def run_loop(state, dt, steps):
    mass = state[:, 0].tolist()
    position = state[:, 1:4].tolist()
    velocity = state[:, 4:7].tolist()
    for _ in range(steps):
        acceleration = accelerations_loop(mass, position)
        for i in range(len(mass)):
            for k in range(3):
                velocity[i][k] += acceleration[i][k] * dt
                position[i][k] += velocity[i][k] * dt
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
parser.add_argument("--kernel", choices=["loop", "numpy"], required=True)
parser.add_argument("--particles", required=True)
arguments = parser.parse_args()
server = HTTPServer(("127.0.0.1", 0), Handler)
server.state = np.load(arguments.particles)
server.run = run_loop if arguments.kernel == "loop" else run_numpy
print(server.server_port, flush=True)
server.serve_forever()
