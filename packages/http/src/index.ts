export type {
  Body,
  Handler,
  Headers,
  Request,
  Response,
  ResponseBody,
} from "./message/exchange.ts";
export {
  Problem,
  conflict,
  forbidden,
  invalid,
  malformed,
  notFound,
  tooLarge,
  unauthorized,
  unavailable,
  type ProblemDetails,
  type Violation,
} from "./message/problem.ts";
