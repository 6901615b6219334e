import { afterAll, beforeAll, expect, test } from 'vitest'
import { look, startStage, type Stage } from './stage.ts'

let stage: Stage<'security-officer'>

beforeAll(async () => {
	stage = await startStage(['security-officer'])
}, 120_000)
afterAll(() => stage.stop(), 60_000)

const HEADER = 'displayName;userPrincipalName;entraObjectId;employer;personnelNumber;manager'
const file = (name: string, ...lines: string[]) => ({
	name,
	mimeType: 'text/csv',
	buffer: Buffer.from(`\ufeff${lines.join('\r\n')}`),
})

test('an officer brings a file, sees every error at once, mends it, and applies what was shown', async () => {
	const { page } = stage.of('security-officer')
	const { origin } = stage.instance
	await page.goto(`${origin}/people`)
	await page.getByRole('link', { name: 'Import', exact: true }).click()
	await page.getByRole('heading', { name: 'Import people and facts' }).waitFor()
	await page.getByText('Columns and templates').click()
	await look('import', page)
	const bring = async (what: string, ...lines: string[]) => {
		await page.goto(`${origin}/people/import`)
		await page.getByLabel('What the file holds').selectOption(what)
		await page.getByLabel('File', { exact: true }).setInputFiles(file('people.csv', ...lines))
		await page.getByRole('button', { name: 'Read it in a dry run' }).click()
	}
	await bring('people', HEADER.replace('employer', 'emploier'), 'x')
	await page.getByText('There is no column "emploier". The nearest is "employer".').waitFor()
	await look('import-refused', page)
	await bring(
		'people',
		HEADER,
		'=HYPERLINK("x");ada@agency.example;11111111-1111-4111-8111-111111111111;Agency;P-1;',
		'Grace Hopper;grace@agency.example;22222222-2222-4222-8222-222222222222;Agency;P-2;P-9',
	)
	await page.getByText('A quote stands where none may').waitFor()
	const people = [
		'Ada Lovelace;ada@agency.example;11111111-1111-4111-8111-111111111111;Agency;P-1;',
		'Grace Hopper;grace@agency.example;22222222-2222-4222-8222-222222222222;Agency;P-2;P-1',
	]
	await bring('people', HEADER, people[0] ?? '', `=1+1;nobody;x;;P-3;P-9`)
	await page.getByText('It begins like a formula').waitFor()
	await look('import-errors', page)
	expect(await page.getByRole('button', { name: 'Apply the file' }).count()).toBe(0)
	await page.getByRole('link', { name: 'Only errors (1)' }).click()
	await page.getByRole('row', { name: /Ada Lovelace/ }).waitFor({ state: 'detached' })
	await bring('people', HEADER, ...people)
	await page.getByRole('button', { name: 'Apply the file' }).click()
	await page.getByRole('link', { name: 'Confirm that you have looked' }).waitFor()
	await page.getByLabel('I have looked at the dry run. Record 2 rows.').check()
	await look('import-dry-run', page)
	await page.getByRole('button', { name: 'Apply the file' }).click()
	await page.getByText('All rows were applied').waitFor()
	await look('import-applied', page)
	await page.goto(`${origin}/people?search=Lovelace`)
	await page.getByRole('link', { name: 'Ada Lovelace' }).waitFor()
	await page.goto(`${origin}/people/import`)
	await page.getByRole('cell', { name: 'applied' }).waitFor()
	await look('import-history', page)
	const csv = await page.request.get(`${origin}/people/import/template/clearance`)
	expect(await csv.text()).toMatch(
		/^person,scheme,level,issuer,state,post,sponsor,validFrom,validUntil,evidence\r\n/,
	)
})
