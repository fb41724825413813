import { Link } from "../house/link";
import { hasRoom } from "../house/way";
import styles from "./rooms.module.css";

const ROOMS = [
  { to: "/operator", name: "The house" },
  { to: "/operator/figures", name: "Figures" },
  { to: "/operator/members", name: "Members" },
  { to: "/operator/plans", name: "Plans" },
  { to: "/operator/codes", name: "Coupons and gifts" },
  { to: "/operator/letters", name: "Letters" },
] as const;

export type OperatorPath = (typeof ROOMS)[number]["to"];

/** The operator's rooms, side by side. */
export function OperatorRooms({ at }: { readonly at: OperatorPath }) {
  return (
    <nav className={styles["rooms"]} aria-label="Looking after the house">
      {ROOMS.filter(({ to }) => hasRoom(to)).map(({ to, name }) => (
        <Link key={to} to={to} className={styles["room"]} aria-current={to === at ? "page" : undefined}>
          {name}
        </Link>
      ))}
    </nav>
  );
}
