import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Form, Link, useActionData, useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { Button, ErrorSummary, Field } from '#app/components/ui/form.tsx'
import { Icon } from '#app/components/ui/icon.tsx'
import { Table } from '#app/components/ui/table.tsx'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import { parseForm } from '#app/utils/form.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

const actSchema = z.enum(['register', 'link']).catch('register')
const formSchema = z.discriminatedUnion('act', [
	z.object({
		act: z.literal('register'),
		employer: z.string().trim().min(1, 'errors.required').max(200, 'errors.TOO_LONG'),
	}),
	z.object({
		act: z.literal('link'),
		reason: z.string().trim().min(10, 'errors.reasonShort').max(500, 'errors.reasonLong'),
	}),
])
const idsOf = (values: readonly unknown[]) =>
	[...new Set(values)].filter((id): id is string => z.uuid().safeParse(id).success).slice(0, 100)

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'people:record')
	return handled(async () => {
		const { searchParams } = new URL(args.request.url)
		const act = actSchema.parse(searchParams.get('act'))
		const ids = idsOf(searchParams.getAll('objectId'))
		return { act, chosen: await args.context.services.tenant.previewChosen(actor, act, ids) }
	})
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'people:record')
	const { tenant } = args.context.services
	const form = await args.request.formData()
	const objectIds = idsOf(form.getAll('objectId'))
	const read = parseForm(form, formSchema)
	const refused = (errors: Record<string, string>, code: string | null, status: number) =>
		data({ errors, code, sent: read.sent }, { status })
	if (!read.ok) return refused(read.errors, null, 422)
	const asked = read.value
	const done = await attempted(() =>
		asked.act === 'register'
			? tenant.register(actor, { objectIds, employer: asked.employer })
			: tenant.link(actor, { objectIds, reason: asked.reason }),
	)
	if (done.ok) return redirect(`/people/entra?done=${asked.act === 'register' ? 'registered' : 'linked'}`)
	const { problem, code } = done.refusal
	return refused({}, problem ?? code, done.status)
}

export const meta = titled('titles.accountsChosen')

export default function ChosenPage() {
	const { t } = useWords()
	const { act, chosen } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const errors = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey)]),
	)
	const count = chosen.length
	const isPossible = count > 0 && chosen.every(({ problem }) => problem === null)
	return (
		<>
			<p>
				<Link to="/people/entra">{t('tenant.title')}</Link>
			</p>
			<h1>{t(act === 'register' ? 'tenant.registerTitle' : 'tenant.linkTitle', { count })}</h1>
			<ErrorSummary
				errors={errors}
				message={answer?.code ? t(`errors.${answer.code}` as TextKey) : undefined}
			/>
			<p className="muted">{t(act === 'register' ? 'tenant.registerLead' : 'tenant.linkLead')}</p>
			<Table
				caption={t('tenant.chosen')}
				rows={chosen}
				keyOf={({ objectId }) => objectId}
				empty={t('tenant.nothingChosen')}
				columns={[
					{
						label: t('tenant.name'),
						cell: ({ name, userPrincipalName, objectId }) => (
							<>
								{name}
								<br />
								<span className="muted small">
									{userPrincipalName} · <code>{objectId}</code>
								</span>
							</>
						),
					},
					{
						label: t('tenant.result'),
						cell: ({ problem, person }) => (
							<>
								<span className={`badge badge-wraps badge-${problem === null ? 'active' : 'refused'}`}>
									<Icon name={problem === null ? 'check' : 'cross'} />
									{problem !== null
										? t(`errors.${problem}`)
										: act === 'register' || person === null
											? t('tenant.willRegister')
											: t('tenant.willLink', { name: person.name })}
								</span>
								{act === 'link' && person !== null ? (
									<>
										<br />
										<span className="muted small">
											<Link to={`/people/${person.id}`}>{person.name}</Link> ·{' '}
											{t('tenant.before', { id: person.entraObjectId })}
										</span>
									</>
								) : null}
							</>
						),
					},
				]}
			/>
			{count > 0 && !isPossible ? <p className="notice">{t('tenant.blocked')}</p> : null}
			{isPossible ? (
				<Form method="post" className="card stack">
					<input type="hidden" name="act" value={act} />
					{chosen.map(({ objectId }) => (
						<input key={objectId} type="hidden" name="objectId" value={objectId} />
					))}
					{act === 'register' ? (
						<Field
							id="employer"
							label={t('people.employer')}
							hint={t('tenant.employerHint')}
							error={errors.employer}
						>
							{(aria) => (
								<input
									className="input"
									maxLength={200}
									required
									defaultValue={answer?.sent.employer ?? ''}
									{...aria}
								/>
							)}
						</Field>
					) : (
						<Field id="reason" label={t('facts.reason')} hint={t('facts.reasonHint')} error={errors.reason}>
							{(aria) => (
								<textarea
									className="input"
									rows={2}
									maxLength={500}
									required
									defaultValue={answer?.sent.reason ?? ''}
									{...aria}
								/>
							)}
						</Field>
					)}
					<p>
						<Button>{t(act === 'register' ? 'tenant.registerNow' : 'tenant.linkNow', { count })}</Button>
					</p>
				</Form>
			) : null}
		</>
	)
}
