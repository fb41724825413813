import { useEffect, useState } from "react";
import { AccountMenu } from "./account-menu";
import { HomeIcon } from "./icons";
import { Link } from "./link";
import { Mark } from "./mark";
import styles from "./header.module.css";

/** Above the picture while the page is at its top, on a panel once it scrolls. */
export function Header({ at }: { readonly at: "home" | "elsewhere" }) {
  const [scrolled, setScrolled] = useState(false);
  useEffect(() => {
    const look = () => setScrolled(window.scrollY > 24);
    look();
    window.addEventListener("scroll", look, { passive: true });
    return () => window.removeEventListener("scroll", look);
  }, []);

  return (
    <header className={scrolled ? `${styles["header"]} ${styles["scrolled"]}` : styles["header"]}>
      <a className={styles["skip"]} href="#page">
        Skip to the page
      </a>
      <Link to="/" className={styles["mark"]} aria-label="matinee, home">
        <Mark />
      </Link>
      <nav className={styles["nav"]} aria-label="Main">
        <Link to="/" className={styles["link"]} aria-current={at === "home" ? "page" : undefined}>
          <span className={styles["icon"]}>
            <HomeIcon />
          </span>
          Home
        </Link>
        <AccountMenu />
      </nav>
    </header>
  );
}
