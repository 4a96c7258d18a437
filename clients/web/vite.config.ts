import { defineConfig } from "vite";

export default defineConfig({
  // The front desk serves the built client at its root, and may itself stand behind a proxy's path.
  base: "./",
  build: { target: "es2022", sourcemap: false, chunkSizeWarningLimit: 1200 },
  server: {
    // `npm run dev` beside a running server: everything but the client is the front desk's.
    proxy: { "/v1": "http://127.0.0.1:8080" },
  },
});
