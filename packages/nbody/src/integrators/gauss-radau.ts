/**
 * The constants of Everhart's 15th-order Gauss–Radau scheme, computed with 60 digits
 * from the nodes as float64 has them: the series then goes exactly through what was evaluated. Tables
 * computed from the ideal nodes would leave an error that is the same in every step and adds up.
 *
 * With t = time in the step over its length, the acceleration is written in two ways,
 *     a(t) = a₀ + b₀ t + b₁ t² + … + b₆ t⁷
 *          = a₀ + g₀ t + g₁ t (t − h₁) + g₂ t (t − h₁)(t − h₂) + …
 * and c, d take one to the other: bⱼ = gⱼ + Σ_{k>j} c[k][j] g_k,  gₖ = bₖ + Σ_{j>k} d[k][j] bⱼ.
 * Source of the definitions: E. Everhart, "An efficient integrator that uses Gauss-Radau spacings", in
 * Dynamics of Comets (1985), 185; the numbers are computed from them.
 */

/** Nodes: 0 and the roots of (P₇(2t − 1) + P₈(2t − 1)) / t. */
const NODES: readonly number[] = [
  0.0, 0.05626256053692215, 0.18024069173689236, 0.3526247171131696, 0.5471536263305554,
  0.7342101772154105, 0.8853209468390958, 0.9775206135612875,
];

/** 1 / (hₙ − hₖ) for n = 1 … 7, k < n. */
const INVERSE_GAPS: readonly (readonly number[])[] = [
  [17.773808914078],
  [5.548136718537217, 8.065938648381888],
  [2.835876078644439, 3.3742499769626355, 5.801001559264062],
  [1.8276402675175978, 2.0371118353585844, 2.7254422118082258, 5.140624105810932],
  [
    1.3620078160624696, 1.4750402175604116, 1.8051535801402514, 2.620644926387035,
    5.3459768998711095,
  ],
  [
    1.1295338753367898, 1.2061876660584456, 1.418278263734739, 1.87724249618681, 2.957116017290456,
    6.617662013702422,
  ],
  [
    1.0229963298234868, 1.0854721939386425, 1.2542646222818779, 1.6002665494908161,
    2.3235983002196945, 4.109975778344558, 10.846026190236847,
  ],
];

/** c[k][j] for k = 1 … 6, j < k. */
const FROM_G: readonly (readonly number[])[] = [
  [-0.05626256053692215],
  [0.01014080283006363, -0.23650325227381452],
  [-0.0035758977292516176, 0.09353769525946207, -0.5891279693869841],
  [0.001956565409947221, -0.05475538688906869, 0.4158812000823069, -1.1362815957175396],
  [
    -0.0014365302363708915, 0.042158527721268706, -0.3600995965020568, 1.250150711840691,
    -1.87049177293295,
  ],
  [
    0.0012717903090268678, -0.03876035791590677, 0.360962243452846, -1.466884208400427,
    2.9061362593084294, -2.7558127197720457,
  ],
];

/** d[k][j] for k = 0 … 5, j = k + 1 … 6. */
const TO_G: readonly (readonly number[])[] = [
  [
    0.05626256053692215, 0.0031654757181708297, 0.0001780977692217434, 1.002023652232913e-5,
    5.637641639318209e-7, 3.171881540176138e-8,
  ],
  [
    0.23650325227381452, 0.045792985506027915, 0.008431857153525702, 0.0015297840025004657,
    0.0002762930909826476,
  ],
  [0.5891279693869841, 0.25353406905456927, 0.097834236532444, 0.03602855398373645],
  [1.1362815957175396, 0.8752546646840911, 0.5767330002770787],
  [1.87049177293295, 2.24858876076916],
  [2.7558127197720457],
];

export const GAUSS_RADAU_LENGTH: number = 4 * 64;

/** Four 8 × 8 tables as the kernel reads them: h in the first row of the first, then 1/(hₙ − hₖ), c and d. */
export function fillGaussRadau(table: Float64Array): void {
  table.set(NODES, 0);
  INVERSE_GAPS.forEach((row, k) => table.set(row, 64 + 8 * (k + 1)));
  FROM_G.forEach((row, k) => table.set(row, 128 + 8 * (k + 1)));
  TO_G.forEach((row, k) => table.set(row, 192 + 8 * k + k + 1));
}
