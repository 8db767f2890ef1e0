import { mount } from "svelte";
import App from "./App.svelte";
import { preferences } from "./live/preferences.svelte";
import "./ui/base.css";

preferences.show();
const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");
mount(App, { target });
