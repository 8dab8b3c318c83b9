/** A problem in words: title, what the service says about it, and each offending field. */
import type { ApiProblem } from "../api/problem.ts";

interface Properties {
  readonly problem: ApiProblem | undefined;
  readonly onDismiss?: (() => void) | undefined;
}

export function ProblemNotice({ problem, onDismiss }: Properties) {
  if (problem === undefined) return null;
  return (
    <div class="notice" role="alert" data-testid="problem">
      <div>
        <strong>{problem.title}</strong>
        <p>{problem.message}</p>
        {problem.errors.length > 0 && (
          <ul>
            {problem.errors.map((error) => (
              <li key={error.path + error.message}>
                {error.path !== "" && <code>{error.path}</code>} {error.message}
              </li>
            ))}
          </ul>
        )}
      </div>
      {onDismiss !== undefined && (
        <button type="button" class="icon" aria-label="Dismiss this message" onClick={onDismiss}>
          ×
        </button>
      )}
    </div>
  );
}
