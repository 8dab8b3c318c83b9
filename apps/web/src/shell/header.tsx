/** The name of the house, and the way to help and to the service's own description. */
export function Header({ onHelp }: { readonly onHelp: () => void }) {
  return (
    <header class="header">
      <a class="brand" href="#/">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <ellipse
            cx="16"
            cy="16"
            rx="13.5"
            ry="6"
            transform="rotate(-28 16 16)"
            class="brand-orbit"
          />
          <circle cx="16" cy="16" r="4.4" class="brand-sun" />
          <circle cx="27" cy="9" r="2.3" class="brand-body" />
        </svg>
        <span>
          Hotpath <span class="brand-service">gravity</span>
        </span>
      </a>
      <nav aria-label="Service">
        <a href="/openapi.json">API</a>
        <button type="button" class="quiet" aria-haspopup="dialog" onClick={onHelp}>
          <span aria-hidden="true">?</span> Help
        </button>
      </nav>
    </header>
  );
}
