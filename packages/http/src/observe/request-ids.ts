/** Sends each request's id back as X-Request-Id, for clients that report a failure. */
import type { Response } from "../message/exchange.ts";
import type { Middleware } from "../routing/middleware.ts";

export const requestIds: Middleware = (next) => (request) => {
  const marked = (response: Response): Response => ({
    ...response,
    headers: { ...response.headers, "x-request-id": request.id },
  });
  const response = next(request);
  return response instanceof Promise ? response.then(marked) : marked(response);
};
