import { redirect, type AppLoadContext } from '@remix-run/node'
import { demand, type Actor } from '#app/services/actor.ts'
import type { Permission } from '#workflows/people/permissions.ts'
import { sessionTokenOf } from './cookies.server.ts'
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

/** A page for people who are not signed in. Says so on purpose, where every other page has a guard. */
export async function requireNobody(_args: Args): Promise<void> {}
