/**
 * Sun, eight planets, Pluto and the Moon on 28 June 1969, 00:00 TDB (JD 2440400.5).
 *
 * Source: E. M. Standish, "JPL Planetary and Lunar Ephemerides, DE405/LE405", JPL IOM 312.F-98-048
 * (1998), Table IV: the state that the DE405 integration itself starts from. Planets and Pluto are
 * heliocentric, the Earth stands as the Earth–Moon barycentre, the Moon is geocentric, the Sun
 * barycentric; J2000 equator, AU and AU/day. Masses are DE405's. The outer planets stand for their
 * whole systems of satellites.
 * Checked: integrated to later dates, the positions agree with Horizons' DE441 (the test has them).
 *
 * Bodies come out in the ecliptic of J2000, barycentric, in AU, days and solar masses.
 */
import { Bodies } from "../bodies/bodies.ts";
import { place, toCentreOfMass } from "./frame.ts";

/** Gauss's constant squared: G in AU³ / (M☉ day²). */
export const SOLAR_G: number = 0.01720209895 ** 2;

export const SOLAR_SYSTEM_EPOCH_JD = 2_440_400.5;

export const solarSystemNames = [
  "Sun",
  "Mercury",
  "Venus",
  "Earth",
  "Moon",
  "Mars",
  "Jupiter",
  "Saturn",
  "Uranus",
  "Neptune",
  "Pluto",
] as const;

type State = readonly [number, number, number, number, number, number];

const SUN: State = [
  0.0045025081562339, 0.0007670747009324, 0.000266056805177, -0.0000003517482096,
  0.0000051776253996, 0.0000022291018544,
];

/** Heliocentric states, and the mass of the Sun over the body's (systems with their satellites). */
const PLANETS: Readonly<Record<string, readonly [massRatio: number, state: State]>> = {
  Mercury: [
    6_023_600,
    [
      0.3572602064472754, -0.0915490424305184, -0.0859810399869404, 0.0033678456621938,
      0.0248893428422493, 0.012944071586796,
    ],
  ],
  Venus: [
    408_523.71,
    [
      0.6082494331856039, -0.3491324431959005, -0.1955443457854069, 0.0109524201099088,
      0.0156125067398625, 0.0063288764517467,
    ],
  ],
  Mars: [
    3_098_708,
    [
      -0.1146885824390927, -1.328366530833488, -0.6061551894193808, 0.0144820048079447,
      0.0002372854923607, -0.0002837498361024,
    ],
  ],
  Jupiter: [
    1047.3486,
    [
      -5.3842094069921451, -0.8312476561610838, -0.2250947570335498, 0.0010923632912185,
      -0.0065232941911923, -0.0028230122672194,
    ],
  ],
  Saturn: [
    3497.898,
    [
      7.8898899338228166, 4.5957107269260122, 1.5584315167250895, -0.0032172034910937,
      0.0043306322335557, 0.0019264174637995,
    ],
  ],
  Uranus: [
    22_902.98,
    [
      -18.2699008149782607, -1.1627115802190469, -0.2503695407425549, 0.0002215401656274,
      -0.0037676535582462, -0.0016532438049224,
    ],
  ],
  Neptune: [
    19_412.24,
    [
      -16.0595450919244627, -23.9429482908794995, -9.4004227803540061, 0.0026431227915766,
      -0.0015034920807588, -0.0006812710048723,
    ],
  ],
  Pluto: [
    135_200_000,
    [
      -30.4878221121555448, -0.8732454301967293, 8.9112969841847551, 0.0003225621959332,
      -0.0031487479275516, -0.0010801779315937,
    ],
  ],
};

/** Mass of the Sun over that of Earth and Moon together, and of the Earth over that of the Moon. */
const EARTH_MOON_RATIO = 328_900.5614;
const EARTH_OVER_MOON = 81.30056;

const EARTH_MOON_BARYCENTRE: State = [
  0.1160149091391665, -0.9266055536403852, -0.4018062776069879, 0.0168116200522023,
  0.001743131687982, 0.0007559737671361,
];

const MOON_FROM_EARTH: State = [
  -0.0008081773279115, -0.0019946300016204, -0.0010872626608381, 0.0006010848166591,
  -0.0001674454606152, -0.000085562144974,
];

/** Obliquity of the ecliptic of J2000, 84381.448″: cosine and sine. */
const COS_OBLIQUITY = 0.9174820620691818;
const SIN_OBLIQUITY = 0.3977771559319137;

export function solarSystem(): Bodies {
  const bodies = Bodies.allocate(solarSystemNames.length);
  solarSystemNames.forEach((name, i) => {
    const [mass, state] = stateOf(name);
    const [x, y, z, vx, vy, vz] = name === "Sun" ? SUN : sum(state, SUN, 1);
    place(bodies, i, mass, toEcliptic(x, y, z), toEcliptic(vx, vy, vz));
  });
  toCentreOfMass(bodies);
  return bodies;
}

/** Mass and heliocentric state. */
function stateOf(name: string): readonly [mass: number, state: State] {
  const moonShare = 1 / (1 + EARTH_OVER_MOON);
  switch (name) {
    case "Sun":
      return [1, SUN];
    case "Earth":
      return [
        (1 - moonShare) / EARTH_MOON_RATIO,
        sum(EARTH_MOON_BARYCENTRE, MOON_FROM_EARTH, -moonShare),
      ];
    case "Moon":
      return [
        moonShare / EARTH_MOON_RATIO,
        sum(EARTH_MOON_BARYCENTRE, MOON_FROM_EARTH, 1 - moonShare),
      ];
    default: {
      const [massRatio, state] = PLANETS[name]!;
      return [1 / massRatio, state];
    }
  }
}

function sum(a: State, b: State, factor: number): State {
  return a.map((value, k) => value + factor * b[k]!) as unknown as State;
}

function toEcliptic(x: number, y: number, z: number): readonly [number, number, number] {
  return [x, COS_OBLIQUITY * y + SIN_OBLIQUITY * z, COS_OBLIQUITY * z - SIN_OBLIQUITY * y];
}
