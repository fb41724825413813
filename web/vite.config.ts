import { readFileSync } from "node:fs";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { trustedDocumentsPlugin } from "./documents.ts";

// In development the page comes from Vite and everything else from a running house.
const house = process.env["MATINEE_HOUSE"] ?? "http://localhost:8080";

const { version } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")) as { version: string };

export default defineConfig({
  define: { "import.meta.env.VITE_APP": JSON.stringify(`web ${version}`) },
  plugins: [react(), trustedDocumentsPlugin("src")],
  build: {
    // The door's content policy allows no data: fonts and no inline scripts, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Shaka is one library in one lazy chunk; its size is known and accepted.
    chunkSizeWarningLimit: 1000,
  },
  // The tests share a process: none changes what others see, and a process for each would take ten times as long as they do.
  test: { pool: "threads", isolate: false },
  server: { proxy: { "/graphql": house, "/auth": house, "/art": house, "/play": house, "/beacons": house, "/operator/figures/live": house } },
});
