import { lazy, Suspense, useEffect, useRef } from "react";
import { LettersPage } from "../account/letters-page";
import { ResetPage } from "../account/reset-page";
import { ActivatePage } from "../account/activate-page";
import { ConsentPage } from "../account/consent-page";
import { LogoutPage } from "../account/logout-page";
import { ActivityPage } from "../account/activity-page";
import { SignInPage } from "../account/sign-in-page";
import { SignUpPage } from "../account/sign-up-page";
import { UnsubscribePage } from "../account/unsubscribe-page";
import { useQuietRenewal } from "../account/session";
import { VerifyPage } from "../account/verify-page";
import { WhoPage } from "../account/who-page";
import { HomePage } from "../browse/home-page";
import { ListPage } from "../browse/list-page";
import { PicksPage } from "../browse/picks-page";
import { SearchPage } from "../browse/search-page";
import { ShelfPage } from "../browse/shelf-page";
import { TitlePage } from "../browse/title-page";
import { MoneyBanner } from "../money/banner";
import { useTelling } from "../tell/telling";
import { WatchPage } from "../watch/watch-page";
import { Header } from "./header";
import { LackingNote } from "./lacking-note";
import { LostPage } from "./lost-page";
import { SafetyCurtain } from "./safety-curtain";
import { placeOf, useWay, type Place } from "./way";

const SecurityPage = lazy(() => import("../account/security-page").then(({ SecurityPage: page }) => ({ default: page })));

/** Most visitors never look after the house, and need not fetch its tools. */
const OperatorPage = lazy(() => import("../operator/operator-page").then(({ OperatorPage: page }) => ({ default: page })));
const OperatorLettersPage = lazy(() =>
  import("../operator/letters-page").then(({ OperatorLettersPage: page }) => ({ default: page })),
);
const FiguresPage = lazy(() => import("../operator/plots/figures-page").then(({ FiguresPage: page }) => ({ default: page })));
const MembersPage = lazy(() => import("../operator/members-page").then(({ MembersPage: page }) => ({ default: page })));
const PlansPage = lazy(() => import("../operator/plans-page").then(({ PlansPage: page }) => ({ default: page })));
const CodesPage = lazy(() => import("../operator/codes-page").then(({ CodesPage: page }) => ({ default: page })));
const MoneyRoom = lazy(() => import("../money/rooms").then(({ MoneyRoom: room }) => ({ default: room })));

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
    case "picks":
      return <PicksPage />;
    case "search":
      return <SearchPage search={search} />;
    case "title":
      return <TitlePage key={place.id} id={place.id} />;
    case "watch":
      return <WatchPage key={place.id} id={place.id} hls={new URLSearchParams(search).get("manifest") === "hls"} />;
    case "who":
      return <WhoPage key={search} search={search} />;
    case "activity":
      return <ActivityPage />;
    case "operator":
      return <OperatorPage />;
    case "members":
      return <MembersPage search={search} />;
    case "plans":
      return <PlansPage />;
    case "codes":
      return <CodesPage />;
    case "account":
    case "account-plan":
    case "gift":
    case "join":
    case "join-account":
    case "join-payment":
    case "join-done":
      return <MoneyRoom room={place.room} search={search} />;
    case "operator-letters":
      return <OperatorLettersPage />;
    case "operator-figures":
      return <FiguresPage search={search} />;
    case "letters":
      return <LettersPage />;
    case "unsubscribe":
      return <UnsubscribePage />;
    case "security":
      return <SecurityPage />;
    case "reset":
      return <ResetPage />;
    case "verify":
      return <VerifyPage />;
    case "sign-in":
      return <SignInPage />;
    case "sign-up":
      return <SignUpPage />;
    case "consent":
      return <ConsentPage key={search} search={search} />;
    case "logout":
      return <LogoutPage key={search} search={search} />;
    case "activate":
      return <ActivatePage key={search} search={search} />;
    case "lost":
      return <LostPage />;
  }
}

const DOOR: ReadonlySet<Place["room"]> = new Set([
  "sign-in",
  "sign-up",
  "join",
  "join-account",
  "unsubscribe",
  "reset",
  "verify",
  "logout",
]);
/** Rooms without the house's header: the door, who is watching, the dark hall, and where one thing is asked at a time. */
const BARE: ReadonlySet<Place["room"]> = new Set([...DOOR, "who", "watch", "join-payment", "join-done", "account-plan", "consent", "activate"]);

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
  useTelling(!DOOR.has(place.room));

  return (
    <>
      {!BARE.has(place.room) && (
        <>
          {place.room !== "account" && <MoneyBanner />}
          <Header at={place.room} search={search} />
        </>
      )}
      <main id="page" ref={main} tabIndex={-1}>
        <SafetyCurtain page={path}>
          <Suspense fallback={null}>
            <Room place={place} search={search} />
          </Suspense>
        </SafetyCurtain>
      </main>
      <LackingNote watching={place.room === "watch"} />
    </>
  );
}
