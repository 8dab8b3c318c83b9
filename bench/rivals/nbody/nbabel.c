// NBabel in C: leapfrog (kick-drift-kick) of unsoftened bodies, each pair once, struct of arrays.
// usage: nbabel-gcc FILE STEPS
#define _POSIX_C_SOURCE 199309L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

static void accelerate(int n, const double *restrict m, const double *restrict x,
                       const double *restrict y, const double *restrict z, double *restrict ax,
                       double *restrict ay, double *restrict az) {
  memset(ax, 0, n * sizeof *ax);
  memset(ay, 0, n * sizeof *ay);
  memset(az, 0, n * sizeof *az);
  for (int i = 0; i < n; i++) {
    double sx = 0, sy = 0, sz = 0, mi = m[i];
    for (int j = i + 1; j < n; j++) {
      double dx = x[j] - x[i], dy = y[j] - y[i], dz = z[j] - z[i];
      double r2 = dx * dx + dy * dy + dz * dz;
      double w = 1 / (r2 * sqrt(r2)), wi = w * mi, wj = w * m[j];
      sx += wj * dx;
      sy += wj * dy;
      sz += wj * dz;
      ax[j] -= wi * dx;
      ay[j] -= wi * dy;
      az[j] -= wi * dz;
    }
    ax[i] += sx;
    ay[i] += sy;
    az[i] += sz;
  }
}

int main(int argc, char **argv) {
  FILE *file = fopen(argv[1], "rb");
  double count;
  if (argc < 3 || !file || fread(&count, 8, 1, file) != 1) return 1;
  int n = (int)count, steps = atoi(argv[2]);
  double *c[10];
  for (int k = 0; k < 10; k++) c[k] = aligned_alloc(64, (n * 8 + 63) / 64 * 64);
  for (int k = 0; k < 7; k++)
    if (fread(c[k], 8, n, file) != (size_t)n) return 1;
  double dt = 1e-3, start = now();
  accelerate(n, c[0], c[1], c[2], c[3], c[7], c[8], c[9]);
  for (int s = 0; s < steps; s++) {
    for (int d = 0; d < 3; d++)
      for (int i = 0; i < n; i++) {
        c[4 + d][i] += c[7 + d][i] * (dt / 2);
        c[1 + d][i] += c[4 + d][i] * dt;
      }
    accelerate(n, c[0], c[1], c[2], c[3], c[7], c[8], c[9]);
    for (int d = 0; d < 3; d++)
      for (int i = 0; i < n; i++) c[4 + d][i] += c[7 + d][i] * (dt / 2);
  }
  double seconds = now() - start, energy = 0;
  for (int i = 0; i < n; i++) {
    energy += c[0][i] * (c[4][i] * c[4][i] + c[5][i] * c[5][i] + c[6][i] * c[6][i]) / 2;
    for (int j = 0; j < i; j++)
      energy -= c[0][i] * c[0][j] /
                sqrt(pow(c[1][i] - c[1][j], 2) + pow(c[2][i] - c[2][j], 2) + pow(c[3][i] - c[3][j], 2));
  }
  printf("{\"value\": %.9g, \"checksum\": \"%.8g\"}\n", seconds, energy);
}
