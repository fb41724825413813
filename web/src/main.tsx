import { createRoot } from "react-dom/client";
import "./tokens.css";
import "./fonts.css";
import "./ground.css";
import { SessionKeeper } from "./account/session";
import { App } from "./house/app";

const house = document.getElementById("house");
if (house === null) throw new Error("index.html has no #house");
createRoot(house).render(
  <SessionKeeper>
    <App />
  </SessionKeeper>,
);
