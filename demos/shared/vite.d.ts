/** Lets TypeScript take the stylesheets that modules import. */
/// <reference types="vite/client" />
