import type { Command } from "commander";
import type { Wallet } from "ethers";
import { WebSocket } from "ws";
import { createClient, openContracts, signIn, type Contracts, type GalenClient } from "../../client/index.js";
import { openProfile, type Profile } from "./profile.js";
import { createPrinter, type Printer } from "./printer.js";

/** What a user's command works with: the public API, the own folder, and nothing else. */
export interface UserContext {
  profile: Profile;
  client: GalenClient;
  print: Printer;
  /** Signs in if the kept session is over; the client carries the token from then on. */
  signedIn: () => Promise<GalenClient>;
  /** Whatever the kept session says. */
  signInAgain: () => Promise<GalenClient>;
  wallet: () => Wallet;
  /** The wallet together with the chain that the API names. */
  chain: () => Promise<{ contracts: Contracts; wallet: Wallet }>;
  webSocket: typeof WebSocket;
}

interface GlobalOptions {
  profile?: string;
  api: string;
  rpc?: string;
  json?: boolean;
}

/** Sessions that end within this time are renewed first, in ms. */
const renewBeforeMs = 30_000;

export function userContext(command: Command): UserContext {
  const options: GlobalOptions = command.optsWithGlobals();
  const profile = openProfile(options.profile);
  const client = createClient({ apiUrl: options.api });
  let contracts: Promise<Contracts> | undefined;
  const signInAgain = async (): Promise<GalenClient> => {
    const session = await signIn(client, profile.wallet());
    profile.keepSession({ ...session, apiUrl: client.apiUrl });
    return client;
  };
  return {
    profile,
    client,
    print: createPrinter(options.json === true),
    wallet: () => profile.wallet(),
    webSocket: WebSocket,
    async signedIn() {
      if (client.token() !== "") return client;
      const kept = profile.session();
      if (kept && kept.apiUrl === client.apiUrl && Date.parse(kept.expiresAt) - Date.now() > renewBeforeMs) {
        client.setToken(kept.accessToken);
        return client;
      }
      return signInAgain();
    },
    signInAgain,
    async chain() {
      contracts ??= openContracts(client, options.rpc);
      const opened = await contracts;
      return { contracts: opened, wallet: profile.wallet().connect(opened.provider) };
    },
  };
}
