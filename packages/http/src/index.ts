export type {
  Body,
  Handler,
  Headers,
  Request,
  Response,
  ResponseBody,
} from "./message/exchange.ts";
