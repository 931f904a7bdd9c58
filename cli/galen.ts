import { main } from "./main.js";

// The compiled command by itself: for processes that we start once everything is installed and compiled.
await main(process.argv.slice(2));
