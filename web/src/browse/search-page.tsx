import { useQuery } from "urql";
import { isSignedOut } from "../house/client";
import { usePageName } from "../house/page";
import { Unanswered } from "../house/unanswered";
import { Genres } from "./genres";
import { Nothing } from "./nothing";
import { SearchBox, soughtIn } from "./search-box";
import { WallSkeleton } from "./skeletons";
import { GenresQuery, SearchQuery, ShelfQuery } from "./titles";
import { Wall } from "./wall";
import pageStyles from "./wall-page.module.css";
import styles from "./search-page.module.css";

const A_LOOK_AROUND = 20;

/** What was found for the words typed; before them, the genres to walk along. */
export function SearchPage({ search }: { readonly search: string }) {
  const text = soughtIn(search).trim();
  usePageName(text === "" ? "Search" : `“${text}”`);
  const [{ data, error }] = useQuery({ query: SearchQuery, variables: { text }, pause: text === "" });
  const failed = data === undefined && error !== undefined && !isSignedOut(error);
  return (
    <div className={pageStyles["page"]}>
      <div className={styles["hand"]}>
        <SearchBox at={search} large />
      </div>
      {failed ? (
        <Unanswered what="what you seek" />
      ) : text === "" ? (
        <Before />
      ) : (
        <Found text={text} titles={data?.search ?? null} />
      )}
    </div>
  );
}

function Before() {
  const [{ data }] = useQuery({ query: ShelfQuery, variables: { kind: null, genre: null, limit: A_LOOK_AROUND } });
  return (
    <>
      <h1 className={pageStyles["heading"]}>What are you in the mood for?</h1>
      <Genres genres={data?.genres ?? []} kinds />
      {data === undefined ? <WallSkeleton /> : <Wall titles={data.titles} label="A look around" />}
    </>
  );
}

type Titles = React.ComponentProps<typeof Wall>["titles"];

function Found({ text, titles }: { readonly text: string; readonly titles: Titles | null }) {
  const [{ data }] = useQuery({ query: GenresQuery, pause: titles?.length !== 0 });
  const count = titles?.length ?? 0;
  return (
    <>
      <h1 className={`${pageStyles["heading"]} ${styles["sought"]}`}>
        <span>{count === 0 && titles !== null ? "Nothing found for " : "Found for "}</span>“{text}”
      </h1>
      <p className="unseen" role="status">
        {titles === null ? "Searching" : `${count} found`}
      </p>
      {titles === null ? (
        <WallSkeleton />
      ) : count > 0 ? (
        <Wall titles={titles} label="Found" />
      ) : (
        <>
          <Nothing
            title="Not on our shelves"
            reason="Fewer letters may find more. Names of people and genres count too; a small slip of spelling does not matter."
          />
          <Genres genres={data?.genres ?? []} />
        </>
      )}
    </>
  );
}
