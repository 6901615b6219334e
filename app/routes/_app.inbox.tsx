import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Form, Link, useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { InboxList } from '#app/components/inbox-list.tsx'
import { InboxTabs } from '#app/components/inbox-tabs.tsx'
import { Button } from '#app/components/ui/form.tsx'
import { useWords } from '#app/messages/text.tsx'
import { parseForm } from '#app/utils/form.server.ts'
import { requireActor } from '#app/utils/guards.server.ts'
import { handled, queryOf } from '#app/utils/http.server.ts'
import { useLive } from '#app/utils/use-live.ts'
import { titled } from '#app/utils/page-title.ts'
import { MOST_COUNTED } from '#workflows/notify/notice-kinds.ts'
import { DomainError } from '#workflows/shared/errors.ts'

const cursorSchema = z.object({ at: z.iso.datetime(), id: z.uuid() })

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requireActor(args)
	const query = queryOf(args.request)
	const isSeen = query('show') === 'seen'
	const cursor = cursorSchema.safeParse({ at: query('at'), id: query('before') })
	return handled(async () => ({
		isSeen,
		...(await args.context.services.inbox.show(actor, {
			isSeen,
			before: cursor.success ? cursor.data : null,
		})),
	}))
}

const actionSchema = z.discriminatedUnion('intent', [
	z.object({ intent: z.literal('all'), upTo: z.iso.datetime() }),
	z.object({ intent: z.enum(['away', 'back']), id: z.uuid() }),
])

export async function action(args: ActionFunctionArgs) {
	const actor = await requireActor(args)
	const { inbox } = args.context.services
	const form = await args.request.formData()
	return handled(async () => {
		const read = parseForm(form, actionSchema)
		if (!read.ok) throw new DomainError('INVALID_INPUT', 'Nothing known was asked for.')
		if (read.value.intent === 'all') await inbox.putAllAway(actor, new Date(read.value.upTo))
		else await inbox.putAway(actor, read.value.id, read.value.intent === 'away')
		return redirect(read.value.intent === 'back' ? '/inbox?show=seen' : '/inbox')
	})
}

export const meta = titled('titles.inbox')

export default function InboxPage() {
	const { t } = useWords()
	const { notices, next, unseen, isSeen } = useLoaderData<typeof loader>()
	useLive(15_000)
	const [newest] = notices
	return (
		<>
			<div className="head">
				<h1>
					{isSeen
						? t('notify.titleSeen')
						: unseen === 0
							? t('notify.titleNone')
							: unseen >= MOST_COUNTED
								? t('notify.titleMany', { count: MOST_COUNTED - 1 })
								: t('notify.titleNew', { count: unseen })}
				</h1>
				{!isSeen && newest ? (
					<Form method="post">
						<input type="hidden" name="intent" value="all" />
						<input type="hidden" name="upTo" value={newest.at} />
						<Button look="plain">{t('notify.putAllAway')}</Button>
					</Form>
				) : null}
			</div>
			<InboxTabs current={isSeen ? 'seen' : 'new'} />
			{notices.length === 0 ? (
				<p className="table-wrap empty">{t(isSeen ? 'notify.emptySeen' : 'notify.emptyNew')}</p>
			) : (
				<InboxList notices={notices} />
			)}
			{next ? (
				<p>
					<Link
						to={`/inbox?${new URLSearchParams({ ...(isSeen ? { show: 'seen' } : {}), at: next.at, before: next.id })}`}
					>
						{t('notify.older')}
					</Link>
				</p>
			) : null}
		</>
	)
}
