// The direct sum as a C programmer would write it for the compiler to vectorise: struct of arrays,
// restrict pointers, softened, no branch. usage: direct-gcc FILE both|once SECONDS
// "both" visits every pair from both sides (N² interactions), "once" uses Newton's third law.
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

static void both(int n, const double *restrict m, const double *restrict x,
                 const double *restrict y, const double *restrict z, double *restrict ax,
                 double *restrict ay, double *restrict az, double eps2) {
  for (int i = 0; i < n; i++) {
    double sx = 0, sy = 0, sz = 0;
    for (int j = 0; j < n; j++) {
      double dx = x[j] - x[i], dy = y[j] - y[i], dz = z[j] - z[i];
      double r2 = dx * dx + dy * dy + dz * dz + eps2;
      double w = m[j] / (r2 * sqrt(r2));
      sx += w * dx;
      sy += w * dy;
      sz += w * dz;
    }
    ax[i] = sx;
    ay[i] = sy;
    az[i] = sz;
  }
}

static void once(int n, const double *restrict m, const double *restrict x,
                 const double *restrict y, const double *restrict z, double *restrict ax,
                 double *restrict ay, double *restrict az, double eps2) {
  memset(ax, 0, n * sizeof *ax);
  memset(ay, 0, n * sizeof *ay);
  memset(az, 0, n * sizeof *az);
  for (int i = 0; i < n; i++) {
    double sx = 0, sy = 0, sz = 0, mi = m[i];
    for (int j = i + 1; j < n; j++) {
      double dx = x[j] - x[i], dy = y[j] - y[i], dz = z[j] - z[i];
      double r2 = dx * dx + dy * dy + dz * dz + eps2;
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

static int ascending(const void *a, const void *b) {
  double d = *(const double *)a - *(const double *)b;
  return (d > 0) - (d < 0);
}

int main(int argc, char **argv) {
  FILE *file = fopen(argv[1], "rb");
  double count;
  if (argc < 4 || !file || fread(&count, 8, 1, file) != 1) return 1;
  int n = (int)count;
  double *column[7];
  for (int k = 0; k < 7; k++) column[k] = aligned_alloc(64, (n * 8 + 63) / 64 * 64);
  for (int k = 0; k < 4; k++)
    if (fread(column[k], 8, n, file) != (size_t)n) return 1;
  double seconds = atof(argv[3]), until = now() + seconds;
  static double samples[1 << 20];
  int runs = 0;
  while ((now() < until || runs < 5) && runs < 1 << 20) {
    double start = now();
    (strcmp(argv[2], "once") ? both : once)(n, column[0], column[1], column[2], column[3],
                                            column[4], column[5], column[6], 1e-4);
    samples[runs++] = 1e3 * (now() - start);
  }
  qsort(samples, runs, sizeof *samples, ascending);
  printf("{\"value\": %.9g, \"checksum\": \"%.12g\"}\n", samples[runs / 2],
         column[4][0] + column[5][1] + column[6][2]);
}
