import { redirect, type AppLoadContext } from '@remix-run/node'
import { z } from 'zod'
import { demand, type Actor } from '#app/services/actor.ts'
import type { Permission } from '#workflows/people/permissions.ts'
import { sessionTokenOf } from './cookies.server.ts'
import { joined, parseForm } from './form.server.ts'
import { handled } from './http.server.ts'

type Args = { request: Request; context: AppLoadContext }

/** Who is signed in; sends everybody else to the sign-in page, and back afterwards. */
export async function requireActor({ request, context }: Args): Promise<Actor> {
	const token = await sessionTokenOf(request)
	const actor = token === null ? null : await context.services.signIn.findActor(token, context.address)
	if (actor) return actor
	const { pathname, search } = new URL(request.url)
	throw redirect(`/sign-in?${new URLSearchParams({ returnTo: pathname.replace(/\.data$/, '') + search })}`)
}

/** As `requireActor`, and FORBIDDEN unless they have the permission now. */
export async function requirePermission(args: Args, permission: Permission): Promise<Actor> {
	const actor = await requireActor(args)
	// Outside of a loader's own work, so the refusal is made an answer here: it would pass for a fault of ours.
	return handled(() => {
		demand(actor, permission)
		return Promise.resolve(actor)
	})
}

/**
 * For a guard that turns somebody away who sends a form: where nobody is signed in any more, what was typed is kept for
 * whoever the session was of, to be found again after signing in. The form must bring its own key (`filingKey`).
 */
export const keepingForm =
	({ request, context }: Args) =>
	async (refusal: unknown): Promise<never> => {
		const token = await sessionTokenOf(request)
		const isSignedOut = refusal instanceof Response && refusal.status === 302
		if (isSignedOut && token !== null) {
			const { sent } = parseForm(joined(await request.formData(), 'role'), keySchema)
			const key = keySchema.safeParse(sent)
			if (key.success)
				await context.services.access.keepLostForm(token, { key: key.data.filingKey, fields: sent })
		}
		throw refusal
	}

const keySchema = z.object({ filingKey: z.uuid() })

/** A page for people who are not signed in. Says so on purpose, where every other page has a guard. */
export async function requireNobody(_args: Args): Promise<void> {}
