import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { afterEach, describe, expect, test } from 'vitest'
import { EntraPlace } from '#app/components/entra-place.tsx'
import type { Language } from '#app/messages/create-text.ts'
import { WordsProvider } from '#app/messages/text.tsx'
import { showRequest } from '#app/services/access/show-request.server.ts'
import { approvedFor } from '#test/app/bad-input.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'
import type { GroupKeeper } from '#workflows/grants/place.ts'

/** Where the tenant keeps no end, whoever signs and whoever holds the access reads that ours is the only one. */

const GROUP = '11111111-1111-4111-8111-111111111111'
const SAYS = {
	en: 'Entra keeps no end for this place: it ends because Charterkeep ends it, and only then.',
	de: 'Entra kennt für diesen Platz kein Ende: Er endet, weil Charterkeep ihn beendet, und nur dann.',
} as const

let app: TestApp
afterEach(() => app.stop())

/** What the page of the request shows of its place, in both languages. */
async function shown(groups: GroupKeeper, relation: 'member' | 'owner', role: string) {
	app = await createTestApp({
		groups,
		charter: (yaml) =>
			yaml.replace(
				/entra: \{ roleTemplateId: fe930be7[^}]*\}/,
				`entra: { groupId: ${GROUP}, relation: ${relation}, name: Account clerks }`,
			),
	})
	const { requestId, by } = await approvedFor(app, 'operator', role)
	const { entra } = await showRequest(app.deps, app.actor(by), requestId)
	const render = (language: Language) =>
		renderToStaticMarkup(
			createElement(WordsProvider, {
				language,
				timeZone: 'Europe/Berlin',
				now: app.clock.now().toISOString(),
				children: createElement(EntraPlace, { place: entra }),
			}),
		)
	return { en: render('en'), de: render('de') }
}

describe('the page of a request', () => {
	test.each(['member', 'owner'] as const)('says so of plain membership as %s', async (relation) => {
		const page = await shown('membership', relation, 'user-administrator')
		expect(page.en).toContain(SAYS.en)
		expect(page.de).toContain(SAYS.de)
	})

	test.each([
		['pim', 'user-administrator'],
		['membership', 'helpdesk-administrator'],
	] as const)('says it of nothing that the tenant ends: %s, %s', async (groups, role) => {
		const page = await shown(groups, 'member', role)
		expect(page.en).not.toContain(SAYS.en)
		expect(page.de).not.toContain(SAYS.de)
	})
})
