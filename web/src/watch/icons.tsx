import { Drawn } from "../house/icons";

export const NextIcon = () => (
  <Drawn>
    <path d="M6 5.2v13.6L15.8 12z" />
    <path d="M18.6 5v14" />
  </Drawn>
);
export const WordsIcon = () => (
  <Drawn>
    <rect x="3.2" y="5" width="17.6" height="14" rx="2.6" />
    <path d="M7 11h4.5m3 0H17M7 15h2m3 0h5" />
  </Drawn>
);
export const SpeedIcon = () => (
  <Drawn>
    <path d="M5.2 18.4a9 9 0 1 1 13.6 0" />
    <path d="m12 13.4 4-4.4" />
    <circle cx="12" cy="13.4" r="1" fill="currentColor" />
  </Drawn>
);
export const SmallWindowIcon = () => (
  <Drawn>
    <rect x="3.2" y="5" width="17.6" height="14" rx="2.6" />
    <rect x="11.6" y="11.6" width="6.4" height="4.6" rx="1" fill="currentColor" />
  </Drawn>
);
