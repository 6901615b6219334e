import { redirect, type ActionFunctionArgs } from '@remix-run/node'
import { preferenceCookies } from '#app/utils/cookies.server.ts'
import { requireNobody } from '#app/utils/guards.server.ts'
import { safeReturn } from '#app/utils/safe-return.ts'

/** Stores appearance and language in cookies and goes back to the page. */
export async function action(args: ActionFunctionArgs) {
	await requireNobody(args)
	const form = await args.request.formData()
	const returnTo = form.get('returnTo')
	const headers = new Headers()
	for (const cookie of await preferenceCookies(form)) headers.append('set-cookie', cookie)
	return redirect(safeReturn(typeof returnTo === 'string' ? returnTo : null), { headers })
}
