import type shaka from "shaka-player";

declare global {
  interface Window {
    /** The player on screen, for browser tests; absent while nothing plays. */
    matineePlayer?: shaka.Player;
  }

  interface ImportMetaEnv {
    /** The app and its version, as the house is told. */
    readonly VITE_APP: string;
  }
}
