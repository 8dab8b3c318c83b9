import { defineConfig, type UserConfig } from "vite";

const config: UserConfig = defineConfig({
  build: { target: "es2023", chunkSizeWarningLimit: 1200 },
  server: { proxy: { "/api": "http://127.0.0.1:8080", "/results": "http://127.0.0.1:8080" } },
});

export default config;
