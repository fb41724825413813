import type { ReactNode } from "react";

const STROKE = 1.8;

export function Drawn({ children, size = 24 }: { readonly children: ReactNode; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={STROKE}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

const turned = "M12 5a7.5 7.5 0 1 1-7 4.8M5 4.5v5.3h5.3";
const speaker = "M4 9.5v5h3.4L12 18.5v-13L7.4 9.5H4z";

function Ten({ mirrored }: { readonly mirrored: boolean }) {
  return (
    <Drawn size={28}>
      <path d={turned} transform={mirrored ? "matrix(-1 0 0 1 24 0)" : undefined} />
      <text x="12" y="15.2" textAnchor="middle" fontSize="7" fontWeight="650" stroke="none" fill="currentColor">
        10
      </text>
    </Drawn>
  );
}

export const PlayIcon = ({ size = 20 }: { readonly size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 24 24" fill="currentColor" aria-hidden="true" focusable="false">
    <path d="M6.5 4.6v14.8c0 .8.9 1.3 1.6.9l12-7.4c.7-.4.7-1.4 0-1.8l-12-7.4c-.7-.4-1.6.1-1.6.9z" />
  </svg>
);
export const PauseIcon = ({ size = 20 }: { readonly size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 24 24" fill="currentColor" aria-hidden="true" focusable="false">
    <rect x="5" y="4" width="4.6" height="16" rx="1.4" />
    <rect x="14.4" y="4" width="4.6" height="16" rx="1.4" />
  </svg>
);
export const BackTenIcon = () => <Ten mirrored={false} />;
export const OnTenIcon = () => <Ten mirrored />;
export const SoundIcon = () => (
  <Drawn>
    <path d={speaker} />
    <path d="M15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11" />
  </Drawn>
);
export const MutedIcon = () => (
  <Drawn>
    <path d={speaker} />
    <path d="m16 9.5 5 5m0-5-5 5" />
  </Drawn>
);
export const QualityIcon = () => (
  <Drawn>
    <path d="M4 7h9m5 0h2M4 17h2m5 0h9" />
    <circle cx="15.5" cy="7" r="2.4" />
    <circle cx="8.5" cy="17" r="2.4" />
  </Drawn>
);
export const FullScreenIcon = () => (
  <Drawn>
    <path d="M4 9V5.5A1.5 1.5 0 0 1 5.5 4H9m6 0h3.5A1.5 1.5 0 0 1 20 5.5V9m0 6v3.5a1.5 1.5 0 0 1-1.5 1.5H15m-6 0H5.5A1.5 1.5 0 0 1 4 18.5V15" />
  </Drawn>
);
export const SmallScreenIcon = () => (
  <Drawn>
    <path d="M9 4v3.5A1.5 1.5 0 0 1 7.5 9H4m16 0h-3.5A1.5 1.5 0 0 1 15 7.5V4m0 16v-3.5a1.5 1.5 0 0 1 1.5-1.5H20M4 15h3.5A1.5 1.5 0 0 1 9 16.5V20" />
  </Drawn>
);
export const BackIcon = () => (
  <Drawn>
    <path d="m14.5 5-7 7 7 7" />
  </Drawn>
);
export const LeftIcon = BackIcon;
export const RightIcon = () => (
  <Drawn>
    <path d="m9.5 5 7 7-7 7" />
  </Drawn>
);
export const DetailsIcon = () => (
  <Drawn size={20}>
    <circle cx="12" cy="12" r="9" />
    <path d="M12 11v5.5M12 7.6v.1" />
  </Drawn>
);
export const HomeIcon = () => (
  <Drawn>
    <path d="M4 11.2 12 4.5l8 6.7V19a1 1 0 0 1-1 1h-4.5v-5.5h-5V20H5a1 1 0 0 1-1-1z" />
  </Drawn>
);
export const LockIcon = ({ size = 20 }: { readonly size?: number }) => (
  <Drawn size={size}>
    <rect x="5" y="10.5" width="14" height="9.5" rx="2.4" />
    <path d="M8.2 10.5V8a3.8 3.8 0 0 1 7.6 0v2.5" />
  </Drawn>
);
export const AccountIcon = () => (
  <Drawn>
    <circle cx="12" cy="8.5" r="4" />
    <path d="M4.5 20c.8-3.9 3.8-6 7.5-6s6.7 2.1 7.5 6" />
  </Drawn>
);
export const PlusIcon = ({ size = 24 }: { readonly size?: number }) => (
  <Drawn size={size}>
    <path d="M12 5v14M5 12h14" />
  </Drawn>
);
export const TickIcon = () => (
  <Drawn>
    <path d="m5 12.5 4.6 4.6L19 7.5" />
  </Drawn>
);
export const CrossIcon = ({ size = 24 }: { readonly size?: number }) => (
  <Drawn size={size}>
    <path d="m6.5 6.5 11 11m0-11-11 11" />
  </Drawn>
);
export const PencilIcon = () => (
  <Drawn size={30}>
    <path d="m4.5 19.5 1-4.2L16.2 4.6a1.6 1.6 0 0 1 2.3 0l.9.9a1.6 1.6 0 0 1 0 2.3L8.7 18.5zM14 7l3 3" />
  </Drawn>
);
export const SearchIcon = () => (
  <Drawn>
    <circle cx="11" cy="11" r="6.5" />
    <path d="m16 16 4.5 4.5" />
  </Drawn>
);
export const ListIcon = () => (
  <Drawn>
    <path d="M5 5.5A1.5 1.5 0 0 1 6.5 4h11A1.5 1.5 0 0 1 19 5.5V20l-7-4.6L5 20z" />
  </Drawn>
);

const THUMB = "M7.5 11 11 4.2c1.5 0 2.4 1.1 2.1 2.6L12.6 10h5.2a1.9 1.9 0 0 1 1.9 2.3l-1.2 5.6a2 2 0 0 1-2 1.6h-9zM4.2 11h3.3v8.5H4.2z";
export const ThumbIcon = ({ down = false, filled = false }: { readonly down?: boolean; readonly filled?: boolean }) => (
  <Drawn>
    <path d={THUMB} transform={down ? "matrix(1 0 0 -1 0 24)" : undefined} fill={filled ? "currentColor" : "none"} />
  </Drawn>
);
export const LoveIcon = ({ filled = false }: { readonly filled?: boolean }) => (
  <Drawn>
    <path
      d="M12 20 4.9 12.9a4.6 4.6 0 0 1 0-6.5 4.5 4.5 0 0 1 6.4 0l.7.7.7-.7a4.5 4.5 0 0 1 6.4 0 4.6 4.6 0 0 1 0 6.5z"
      fill={filled ? "currentColor" : "none"}
    />
  </Drawn>
);
