import type { ActionFunctionArgs } from '@remix-run/node'
import { requireNobody } from '#app/utils/guards.server.ts'

/** Options for signing in, as JSON for the browser's ceremony. */
export async function action(args: ActionFunctionArgs) {
	await requireNobody(args)
	return Response.json(await args.context.services.signIn.begin())
}
