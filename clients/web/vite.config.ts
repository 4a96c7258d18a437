import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

/** Less than this is not worth a second file. */
const COMPRESSED_BYTES_LEAST = 1024;
const COMPRESSIBLE = /\.(?:js|css|svg|json)$/;

/** Leaves each file compressed beside itself: the front desk shares its core with the rooms and must not do it per request. */
function compressed(): Plugin {
  let folder = "";
  return {
    name: "compressed",
    apply: "build",
    configResolved(config) {
      folder = join(config.root, config.build.outDir);
    },
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        if (!COMPRESSIBLE.test(name)) continue;
        const data = readFileSync(join(folder, name));
        if (data.length < COMPRESSED_BYTES_LEAST) continue;
        const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: data.length };
        writeFileSync(join(folder, `${name}.br`), brotliCompressSync(data, { params }));
        writeFileSync(join(folder, `${name}.gz`), gzipSync(data, { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  // The front desk serves the built client at its root, and may itself stand behind a proxy's path.
  base: "./",
  plugins: [compressed()],
  build: {
    target: "es2022",
    sourcemap: false,
    chunkSizeWarningLimit: 1200,
    // That compressing takes most of the time is known, and no warning to whoever starts a clinic.
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
  server: {
    // `npm run dev` beside a running server: everything but the client is the front desk's.
    proxy: { "/v1": "http://127.0.0.1:8080" },
  },
});
