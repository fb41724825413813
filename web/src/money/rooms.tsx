import type { Place } from "../house/way";
import { AccountPage } from "./account-page";
import { ChangePlanPage } from "./change-plan-page";
import { GiftPage } from "./gift-page";
import { JoinAccount } from "./join-account";
import { JoinDone } from "./join-done";
import { JoinPayment } from "./join-payment";
import { JoinPlan } from "./join-plan";

/** The rooms where money is talked about. */
export type MoneyRoomName = "account" | "account-plan" | "gift" | "join" | "join-account" | "join-payment" | "join-done";

export function MoneyRoom({ room, search }: { readonly room: Extract<Place["room"], MoneyRoomName>; readonly search: string }) {
  switch (room) {
    case "account":
      return <AccountPage search={search} />;
    case "account-plan":
      return <ChangePlanPage />;
    case "gift":
      return <GiftPage search={search} />;
    case "join":
      return <JoinPlan search={search} />;
    case "join-account":
      return <JoinAccount search={search} />;
    case "join-payment":
      return <JoinPayment search={search} />;
    case "join-done":
      return <JoinDone search={search} />;
  }
}
