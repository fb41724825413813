import { useState } from "react";
import { useQuery } from "urql";
import { Button, LinkPill } from "../house/button";
import { isSignedOut } from "../house/client";
import { usePageName } from "../house/page";
import { Unanswered } from "../house/unanswered";
import { Genres } from "./genres";
import { Nothing } from "./nothing";
import { WallSkeleton } from "./skeletons";
import { ShelfQuery } from "./titles";
import { Wall } from "./wall";
import styles from "./wall-page.module.css";

const A_SHELF = 60;

interface ShelfPageProps {
  readonly name: string;
  readonly kind?: "FILM" | "SERIES";
  readonly genre?: string;
}

/** All films, all series, or all of one genre. */
export function ShelfPage({ name, kind, genre }: ShelfPageProps) {
  usePageName(name);
  const [limit, setLimit] = useState(A_SHELF);
  const variables = { kind: kind ?? null, genre: genre ?? null, limit };
  const [{ data, error, fetching }] = useQuery({ query: ShelfQuery, variables, requestPolicy: "cache-and-network" });
  if (data === undefined && error !== undefined && !isSignedOut(error)) {
    return <Unanswered what="this shelf" home />;
  }
  return (
    <div className={styles["page"]}>
      <h1 className={styles["heading"]}>{name}</h1>
      {data === undefined ? (
        <WallSkeleton />
      ) : (
        <>
          <Genres genres={data.genres} at={genre ?? null} />
          {data.titles.length === 0 ? (
            <Nothing title="This shelf is bare" reason="What comes into the library stands here by itself.">
              <LinkPill to="/">Back to home</LinkPill>
            </Nothing>
          ) : (
            <Wall titles={data.titles} label={name} />
          )}
          {data.titles.length === limit && (
            <div className={styles["more"]}>
              <Button disabled={fetching} onClick={() => setLimit(limit + A_SHELF)}>
                More
              </Button>
            </div>
          )}
        </>
      )}
    </div>
  );
}
