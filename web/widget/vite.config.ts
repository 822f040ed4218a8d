import { defineConfig } from "vite";

// One file, no imports at run time: a single script tag on any site.
export default defineConfig({
  build: {
    lib: { entry: "src/index.ts", formats: ["iife"], name: "CarillonWidget", fileName: () => "carillon-widget.js" },
    target: "es2020",
    outDir: "dist",
    emptyOutDir: true,
  },
});
