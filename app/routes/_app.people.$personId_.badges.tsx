import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Form, Link, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { z } from 'zod'
import { Button, ErrorSummary } from '#app/components/ui/form.tsx'
import { Table } from '#app/components/ui/table.tsx'
import { Time } from '#app/components/ui/time.tsx'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import { readForm } from '#app/utils/form.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled, parseParams } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

const paramsSchema = z.object({ personId: z.uuid() })
const returnSchema = z.object({ badgeId: z.uuid() })

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'presence:manage')
	return handled(async () => {
		const { personId } = parseParams(paramsSchema, args.params)
		const { people, presence } = args.context.services
		return {
			person: await people.name(actor, personId),
			badges: await presence.badgesOf(actor, personId),
			isSelf: actor.personId === personId,
		}
	})
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'presence:manage')
	const { personId } = parseParams(paramsSchema, args.params)
	const read = await readForm(args.request, returnSchema)
	if (!read.ok) return data({ error: 'errors.INVALID_INPUT' }, { status: 422 })
	const done = await attempted(() => args.context.services.presence.takeBadge(actor, read.value.badgeId))
	if (!done.ok) return data({ error: `errors.${done.refusal.code}` }, { status: done.status })
	return redirect(`/people/${personId}/badges?returned`)
}

export const meta = titled('titles.personBadges')

export default function BadgesPage() {
	const { t } = useWords()
	const { person, badges, isSelf } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const [search] = useSearchParams()
	return (
		<>
			<p>
				<Link to={`/people/${person.id}`}>{person.name}</Link>
			</p>
			<h1>{t('facilities.badges', { name: person.name })}</h1>
			<ErrorSummary message={answer ? t(answer.error as TextKey) : undefined} />
			{search.has('returned') && !answer ? (
				<p className="notice notice-good" role="status">
					{t('facilities.tookBack')}
				</p>
			) : null}
			<Table
				caption={t('facilities.badges', { name: person.name })}
				rows={badges}
				keyOf={({ id }) => id}
				empty={t('facilities.badgesEmpty')}
				columns={[
					{ label: t('facilities.number'), cell: ({ number }) => <code>{number}</code> },
					{ label: t('facilities.since'), cell: ({ issuedAt }) => <Time at={issuedAt} /> },
					{
						label: t('facilities.returnedAt'),
						cell: ({ id, returnedAt }) =>
							returnedAt !== null ? (
								<Time at={returnedAt} />
							) : isSelf ? (
								'–'
							) : (
								<Form method="post">
									<input type="hidden" name="badgeId" value={id} />
									<Button look="small">{t('facilities.takeBack')}</Button>
								</Form>
							),
					},
				]}
			/>
			<p>
				<Link to="/facilities">{t('facilities.issue')}</Link>
			</p>
		</>
	)
}
