/** What the service's own errors are as HTTP problems. */
import { notFound, Problem, unavailable } from "@hotpath/http";
import { PaymentsError } from "../ledger/errors.ts";

export function explain(error: unknown): Problem | undefined {
  if (!(error instanceof PaymentsError)) return undefined;
  switch (error.code) {
    case "CONFLICT":
      return new Problem({ status: 409, title: "Another payment", detail: error.message });
    case "FULL":
      return unavailable(error.message, error, 1);
    case "SIBLING":
      return unavailable(error.message, error, 1);
    case "JOURNAL":
      return unavailable("payments cannot be kept at the moment", error, 5);
    case "NOT_FOUND":
      return notFound(error.message);
  }
}
