/** What select's result is, checked by the compiler alone. */
import { Channel, Mutex, after, select, spawn, type Duration, type Held } from "@hotpath/runtime";

const orders = new Channel<string>(1);
const job = spawn(() => 5);
const next = await select({
  orders,
  job,
  lock: new Mutex(),
  tick: after("1h30m"),
  out: orders.sending("x"),
});

if (next.kind === "orders") {
  if (next.closed) next.value satisfies undefined;
  else next.value satisfies string;
} else if (next.kind === "job") {
  next.value satisfies number;
} else if (next.kind === "lock") {
  next.value satisfies Held;
} else {
  next.kind satisfies "tick" | "out";
}
// @ts-expect-error no case of that name
if (next.kind === "nothing") throw new Error();
// @ts-expect-error a number is not an operation
await select({ five: 5 });
// @ts-expect-error the channel carries strings
orders.sending(5);

"1h30m" satisfies Duration;
"1.5s" satisfies Duration;
// @ts-expect-error not a unit
"5 minutes" satisfies Duration;
// @ts-expect-error no number
"fast" satisfies Duration;
