import { useEffect, useState } from "react";
import { SearchBox } from "../browse/search-box";
import { AccountMenu } from "./account-menu";
import { HomeIcon, ListIcon, SearchIcon } from "./icons";
import { Link } from "./link";
import { Mark } from "./mark";
import type { Place } from "./way";
import styles from "./header.module.css";

const ROOMS = [
  { to: "/", room: "home", name: "Home", icon: <HomeIcon />, hand: true },
  { to: "/films", room: "films", name: "Films", icon: null, hand: false },
  { to: "/series", room: "series", name: "Series", icon: null, hand: false },
  { to: "/search", room: "search", name: "Search", icon: <SearchIcon />, hand: true },
  { to: "/list", room: "list", name: "My list", icon: <ListIcon />, hand: true },
] as const;

function useScrolled(): boolean {
  const [scrolled, setScrolled] = useState(false);
  useEffect(() => {
    const look = () => setScrolled(window.scrollY > 24);
    look();
    window.addEventListener("scroll", look, { passive: true });
    return () => window.removeEventListener("scroll", look);
  }, []);
  return scrolled;
}

/** Above the picture while the page is at its top, on a panel once it scrolls; in a hand, at its foot. */
export function Header({ at, search }: { readonly at: Place["room"]; readonly search: string }) {
  const scrolled = useScrolled();
  return (
    <header className={scrolled ? `${styles["header"]} ${styles["scrolled"]}` : styles["header"]}>
      <a className={styles["skip"]} href="#page">
        Skip to the page
      </a>
      <Link to="/" className={styles["mark"]} aria-label="matinee, home">
        <Mark />
      </Link>
      <nav className={styles["nav"]} aria-label="Main">
        {ROOMS.map(({ to, room, name, icon, hand }) => (
          <Link
            key={to}
            to={to}
            className={`${styles["link"]} ${hand ? "" : styles["desk"]} ${room === "search" ? styles["hand"] : ""}`}
            aria-current={at === room ? "page" : undefined}
          >
            <span className={styles["icon"]}>{icon}</span>
            {name}
          </Link>
        ))}
        <span className={styles["space"]} />
        <span className={styles["desk"]}>
          <SearchBox at={at === "search" ? search : null} />
        </span>
        <AccountMenu />
      </nav>
    </header>
  );
}
