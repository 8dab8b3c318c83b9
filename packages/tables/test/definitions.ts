/** Tables that the tests share. */
import {
  bigint,
  boolean,
  bytea,
  createSql,
  date,
  float4,
  float8,
  integer,
  interval,
  jsonb,
  numeric,
  smallint,
  sqlDefault,
  table,
  text,
  time,
  timestamp,
  timestamptz,
  uuid,
  oid,
  money,
  timetz,
  macaddr,
  macaddr8,
  point,
  box,
  lseg,
  line,
  circle,
  byteChar,
  pgLsn,
  xid8,
  xid,
  cid,
  tid,
  type AnyTable,
  type Connection,
} from "@hotpath/tables";

export const simulations = table("simulations", {
  id: uuid().primaryKey(),
  name: text().unique(),
  units: jsonb<{ readonly g: number }>(),
  created: timestamptz().default(sqlDefault("now()")),
  note: text().nullable(),
});

export const particles = table(
  "particles",
  {
    id: bigint().identity(),
    simulation_id: uuid().references(simulations, "id", { onDelete: "cascade" }),
    ordinal: integer(),
    mass: float8().finite(),
    pos_x: float8(),
    label: text().nullable(),
  },
  { unique: [["simulation_id", "ordinal"]] },
);

export const everything = table("everything", {
  id: integer().primaryKey(),
  a_smallint: smallint().nullable(),
  a_bigint: bigint().nullable(),
  a_float4: float4().nullable(),
  a_float8: float8().nullable(),
  a_boolean: boolean().nullable(),
  a_date: date().nullable(),
  a_time: time().nullable(),
  a_timestamp: timestamp().nullable(),
  a_timestamptz: timestamptz().nullable(),
  an_interval: interval().nullable(),
  a_uuid: uuid().nullable(),
  an_oid: oid().nullable(),
  a_money: money().nullable(),
  a_timetz: timetz().nullable(),
  a_macaddr: macaddr().nullable(),
  a_macaddr8: macaddr8().nullable(),
  a_point: point().nullable(),
  a_box: box().nullable(),
  an_lseg: lseg().nullable(),
  a_line: line().nullable(),
  a_circle: circle().nullable(),
  a_byte: byteChar().nullable(),
  an_lsn: pgLsn().nullable(),
  an_xid8: xid8().nullable(),
  an_xid: xid().nullable(),
  a_cid: cid().nullable(),
  a_tid: tid().nullable(),
  points: point().array().nullable(),
  boxes: box().array().nullable(),
  segments: lseg().array().array().nullable(),
  grid: integer().array().array().array().nullable(),
  amounts: money().array().nullable(),
  a_numeric: numeric().nullable(),
  a_text: text().nullable(),
  a_bytea: bytea().nullable(),
  a_jsonb: jsonb().nullable(),
  floats: float8().array().nullable(),
  texts: text().array().nullable(),
  uuids: uuid().array().nullable(),
  moments: timestamptz().array().nullable(),
});

/** Everything about these names needs quotes. */
export const hostile = table('sel"ect; DROP TABLE victim --', {
  'id"': integer().primaryKey(),
  order: text(),
  "FROM STDIN (FORMAT binary)": text().nullable(),
  "ünï 'x'": float8(),
});

/** Runs DDL of several statements. */
export async function create(
  connection: Connection,
  ...tables: readonly AnyTable[]
): Promise<void> {
  for (const definition of tables) {
    for (const statement of createSql(definition)
      .split(/;\n/)
      .filter((part) => part !== "")) {
      await connection.query(statement);
    }
  }
}

export const ID = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
export const OTHER_ID = "b1ffcd00-0d1c-4ff9-8c7e-7cc0ce491b22";
