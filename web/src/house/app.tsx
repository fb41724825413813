import { lazy, Suspense, useEffect, useRef } from "react";
import { SignInPage } from "../account/sign-in-page";
import { SignUpPage } from "../account/sign-up-page";
import { useQuietRenewal } from "../account/session";
import { WhoPage } from "../account/who-page";
import { HomePage } from "../browse/home-page";
import { ListPage } from "../browse/list-page";
import { SearchPage } from "../browse/search-page";
import { ShelfPage } from "../browse/shelf-page";
import { TitlePage } from "../browse/title-page";
import { WatchPage } from "../watch/watch-page";
import { Header } from "./header";
import { LostPage } from "./lost-page";
import { SafetyCurtain } from "./safety-curtain";
import { placeOf, useWay, type Place } from "./way";

/** Most visitors never look after the house, and need not fetch its tools. */
const OperatorPage = lazy(() => import("../operator/operator-page").then(({ OperatorPage: page }) => ({ default: page })));

function Room({ place, search }: { readonly place: Place; readonly search: string }) {
  switch (place.room) {
    case "home":
      return <HomePage />;
    case "films":
      return <ShelfPage key="films" name="Films" kind="FILM" />;
    case "series":
      return <ShelfPage key="series" name="Series" kind="SERIES" />;
    case "genre":
      return <ShelfPage key={place.id} name={place.id} genre={place.id} />;
    case "list":
      return <ListPage />;
    case "search":
      return <SearchPage search={search} />;
    case "title":
      return <TitlePage key={place.id} id={place.id} />;
    case "watch":
      return <WatchPage key={place.id} id={place.id} hls={new URLSearchParams(search).get("manifest") === "hls"} />;
    case "who":
      return <WhoPage key={search} search={search} />;
    case "operator":
      return (
        <Suspense fallback={null}>
          <OperatorPage />
        </Suspense>
      );
    case "sign-in":
      return <SignInPage />;
    case "sign-up":
      return <SignUpPage />;
    case "lost":
      return <LostPage />;
  }
}

/** Rooms without the house's header: the door, who is watching, and the dark hall. */
const BARE: ReadonlySet<Place["room"]> = new Set(["sign-in", "sign-up", "who", "watch"]);
const DOOR: ReadonlySet<Place["room"]> = new Set(["sign-in", "sign-up"]);

/** After a step inside the house, reading starts at the top of the new page; whoever types a search goes on typing. */
function useFocusOnArrival(path: string) {
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    if (first.current) first.current = false;
    else if (!(document.activeElement instanceof HTMLInputElement)) main.current?.focus({ preventScroll: true });
  }, [path]);
  return main;
}

export function App() {
  const { path, search } = useWay();
  const place = placeOf(path);
  const main = useFocusOnArrival(path);
  useQuietRenewal(!DOOR.has(place.room));

  return (
    <>
      {!BARE.has(place.room) && <Header at={place.room} search={search} />}
      <main id="page" ref={main} tabIndex={-1}>
        <SafetyCurtain page={path}>
          <Room place={place} search={search} />
        </SafetyCurtain>
      </main>
    </>
  );
}
