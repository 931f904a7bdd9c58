import { Arg, Ctx, ID, Mutation, Resolver } from "type-graphql";
import { refreshSession, revokeSession, type IssuedSession } from "../auth/sessions.js";
import { makeChallenge, signIn, type SignInDeps } from "../auth/sign-in.js";
import { requireSession, type ApiContext } from "../context.js";
import { parseAddress } from "../input/parse.js";
import { For } from "../rules/rule.js";
import { anyone, ownSession } from "../rules/rules.js";
import { SessionType, SignInChallenge } from "../types/session.js";

const signInDeps = ({ deps }: ApiContext): SignInDeps => ({ database: deps.database, provider: deps.provider, publicUrl: deps.publicUrl, chainId: deps.market.deployment.chainId });

@Resolver()
export class SessionResolver {
  @For(anyone)
  @Mutation(() => SignInChallenge, { description: "First step of signing in with Ethereum: what to sign." })
  async signInChallenge(@Arg("account", () => ID, { description: "The address that will sign in." }) account: string, @Ctx() context: ApiContext): Promise<SignInChallenge> {
    return makeChallenge(signInDeps(context), parseAddress("account", account));
  }

  @For(anyone)
  @Mutation(() => SessionType, { description: "Second step: opens a session. Errors: SIGN_IN_INVALID, NONCE_EXPIRED." })
  async signIn(
    @Arg("message", () => String, { description: "The challenge's message, unchanged." }) message: string,
    @Arg("signature", () => String, { description: "The account's signature over it (personal_sign)." }) signature: string,
    @Ctx() context: ApiContext,
  ): Promise<IssuedSession> {
    return signIn(signInDeps(context), message, signature);
  }

  @For(anyone)
  @Mutation(() => SessionType, { description: "A new pair of tokens for a refresh token, which then stops working. Errors: UNAUTHENTICATED." })
  async refreshSession(@Arg("refreshToken", () => String, { description: "The session's refresh token." }) refreshToken: string, @Ctx() { deps }: ApiContext): Promise<IssuedSession> {
    return refreshSession(deps.database, refreshToken);
  }

  @For(ownSession)
  @Mutation(() => Boolean, { description: "Ends this session: both its tokens stop working, and its subscriptions end." })
  async signOut(@Ctx() context: ApiContext): Promise<boolean> {
    await revokeSession(context.deps.database, requireSession(context).sessionId);
    return true;
  }
}
