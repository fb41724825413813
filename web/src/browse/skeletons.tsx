import styles from "./skeletons.module.css";

const CARDS = [0, 1, 2, 3, 4];

/** The home page in the shape of what comes. */
export function HomeSkeleton() {
  return (
    <div className={styles["page"]} role="status" aria-label="Loading the library">
      <HeroShape />
      <div className={styles["row"]}>
        {CARDS.map((card) => (
          <div key={card} className={`${styles["shape"]} ${styles["card"]}`} />
        ))}
      </div>
    </div>
  );
}

export function TitleSkeleton() {
  return (
    <div className={styles["page"]} role="status" aria-label="Loading the title">
      <HeroShape />
    </div>
  );
}

/** A page of cards in the shape of what comes. */
export function WallSkeleton() {
  return (
    <div className={`${styles["page"]} ${styles["wall"]}`} role="status" aria-label="Loading the shelf">
      {[...CARDS, 5, 6, 7, 8, 9].map((card) => (
        <div key={card} className={`${styles["shape"]} ${styles["card"]}`} />
      ))}
    </div>
  );
}

function HeroShape() {
  return (
    <div className={styles["hero"]}>
      <div className={`${styles["shape"]} ${styles["name"]}`} />
      <div className={`${styles["shape"]} ${styles["line"]}`} />
      <div className={`${styles["shape"]} ${styles["line"]} ${styles["short"]}`} />
      <div className={`${styles["shape"]} ${styles["act"]}`} />
    </div>
  );
}
