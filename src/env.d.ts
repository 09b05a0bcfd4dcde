/// <reference types="vite/client" />
/// <reference types="vite-plugin-pwa/client" />

/** Build id: a hash of the sources, the same for page and worker of one build. */
declare const __BUILD__: string
