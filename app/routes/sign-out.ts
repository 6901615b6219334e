import { redirect, type ActionFunctionArgs } from '@remix-run/node'
import { sessionCookie } from '#app/utils/cookies.server.ts'
import { requireActor } from '#app/utils/guards.server.ts'

/** Ends the session on the server and in the browser. */
export async function action(args: ActionFunctionArgs) {
	const actor = await requireActor(args)
	await args.context.services.signIn.signOut(actor)
	return redirect('/sign-in', {
		headers: { 'set-cookie': await sessionCookie(null, { secure: args.context.isSecure }) },
	})
}
