/** nginx in front of the pair: its configuration, for the contest's limits (`docker/` uses the same text). */

export interface NginxOptions {
  readonly port: number;
  /** Unix sockets of the instances. */
  readonly sockets: readonly string[];
  /** Where it may write its process id and temporary files. */
  readonly folder: string;
}

/** Paths must have no spaces or quotes. */
export function nginxConfiguration({ port, sockets, folder }: NginxOptions): string {
  for (const path of [...sockets, folder]) {
    if (!/^[\w./-]+$/.test(path)) throw new RangeError(`nginx cannot take the path ${path}`);
  }
  const servers = sockets.map((path) => `server unix:${path} max_fails=0;`);
  const folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  // Started as root it would change to a user who may not open the sockets.
  const user = process.getuid?.() === 0 ? "user root;\n" : "";
  return `${user}daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr warn;
events {
  worker_connections 4096;
}
http {
  access_log off;
  ${folders.join("\n  ")}
  client_max_body_size 16k;
  client_body_buffer_size 16k;
  keepalive_requests 1000000;
  tcp_nodelay on;
  upstream instances {
    ${servers.join("\n    ")}
    keepalive 256;
    keepalive_requests 1000000;
  }
  server {
    listen ${port} reuseport backlog=4096;
    location / {
      proxy_pass http://instances;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_buffering off;
      # Sent again to the other instance when one is gone: the same id is the same payment everywhere.
      proxy_next_upstream error timeout non_idempotent;
      proxy_next_upstream_tries 2;
      proxy_connect_timeout 1s;
    }
  }
}
`;
}
