import type { Page } from 'playwright-core'
import { beginEnrolment, finishEnrolment, issueLink } from '#app/services/enrolment/enrolment.server.ts'
import { beginSignIn, finishSignIn } from '#app/services/sign-in/sign-in.server.ts'
import { assertionResponseSchema, registrationResponseSchema } from '#app/integrations/webauthn.server.ts'
import { sessionCookie } from '#app/utils/cookies.server.ts'
import type { Persona } from './browser.ts'
import type { Instance } from './instance.ts'

/*
 * For tests that are about something else: a person who has a passkey and is signed in. The ceremonies are those of the
 * browser and the use cases are those of the product; only the two pages in between, which `acts.ts` goes through and the
 * walkthrough looks at, are left out. They cost more time than most tests.
 */

/** Enrols a passkey of the persona's authenticator and signs in with it. */
export async function enrolAndSignIn(persona: Persona, instance: Instance, name: string): Promise<void> {
	await atOrigin(persona.page, instance.origin, async (page) => {
		const { deps } = instance
		const { token } = await issueLink(deps, instance.idOf(name), null)
		const enrolment = await beginEnrolment(deps, token)
		const made = registrationResponseSchema.parse(await page.evaluate(create, enrolment.options as never))
		await finishEnrolment(deps, { token, challengeId: enrolment.challengeId, response: made })
		const signIn = await beginSignIn(deps)
		const given = assertionResponseSchema.parse(await page.evaluate(get, signIn.options as never))
		const session = await finishSignIn(deps, { challengeId: signIn.challengeId, response: given })
		const [pair = ''] = (await sessionCookie(session.token, { secure: false })).split(';')
		const at = pair.indexOf('=')
		await persona.context.addCookies([
			{
				name: pair.slice(0, at),
				value: pair.slice(at + 1),
				url: instance.origin,
				httpOnly: true,
				sameSite: 'Lax',
			},
		])
	})
}

const create = async (options: PublicKeyCredentialCreationOptionsJSON) => {
	const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options)
	const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential
	return made.toJSON() as object
}

const get = async (options: PublicKeyCredentialRequestOptionsJSON) => {
	const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options)
	const given = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential
	return given.toJSON() as object
}

/** An empty page at the address of the instance, which the authenticator takes for it. */
async function atOrigin(page: Page, origin: string, act: (page: Page) => Promise<void>): Promise<void> {
	const address = `${origin}/nothing-here`
	await page.route(address, (route) => route.fulfill({ contentType: 'text/html', body: '<title>.</title>' }))
	await page.goto(address)
	await act(page)
	await page.unroute(address)
}
