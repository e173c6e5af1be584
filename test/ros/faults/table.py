# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Every fault: what happens, how it is brought about, what is answered, what diagnostics say."""

from __future__ import annotations

import broken_engines as engines
import broken_messages as messages
import broken_networks as networks
import broken_processes as processes
import broken_questions as questions
import broken_streams as streams
import broken_time as times
import broken_transforms as transforms
import fault_checks as checks
from bench import PALLETS
from broken_messages import first_box, showing
from broken_questions import asking, asking_while
from fault import Fault, error, value, warn
from fault_camera import INPUTS

HOUR_S = times.HOUR_S

STREAMS = (
    Fault(
        'camera unplugged, and plugged in again',
        'all topics fall silent',
        streams.silent(*INPUTS),
        'STALE',
        ('max_age is 0.8 s',),
        warn('input image', 'silent for'),
    ),
    Fault(
        'camera driver started again',
        'its publishers are destroyed, and later made anew',
        streams.driver_restarted,
        'STALE',
        ('max_age',),
        warn('input image', 'nobody publishes /image any more'),
    ),
    Fault(
        'depth stops',
        'depth falls silent',
        streams.silent('depth'),
        'STALE',
        ('max_age',),
        warn('input depth', 'silent for'),
    ),
    Fault(
        'detector dies',
        'detections fall silent',
        streams.silent('detections'),
        'STALE',
        ('max_age',),
        warn('matching', 'no detections has come for'),
    ),
    Fault(
        'camera_info stops',
        'camera_info falls silent',
        streams.silent('camera_info'),
        'STALE',
        ('max_age',),
        warn('input camera_info', 'silent for'),
    ),
    Fault(
        'large pictures vanish on the way',
        'two of seven pictures are not sent',
        streams.losing_two_of_seven,
        'OK',
        (),
        warn('input image', 'messages sent in the last second', 'shared-memory profile'),
    ),
    Fault(
        'nearly all large pictures vanish',
        'one of ten pictures is sent',
        streams.losing_nine_of_ten,
        'STALE',
        (),
        warn('input image', 'messages sent in the last second', 'shared-memory'),
    ),
    Fault(
        'depth lags behind colour',
        'depth is stamped 40 ms earlier, at a slop of 20 ms',
        streams.late(depth=0.04),
        'STALE',
        ('max_age',),
        warn('matching', 'depth is 40 ms behind colour, slop is 20 ms'),
    ),
    Fault(
        'detector slower than the queue',
        'detections belong to the picture 1.5 s before',
        streams.slow_detector,
        'STALE',
        ('max_age',),
        warn('matching', 'detections', 'raise sync.queue'),
    ),
    Fault(
        'matching raises',
        'taking over a matched set raises MemoryError',
        streams.matching_raises,
        'STALE',
        ('max_age',),
        warn('matching', 'MemoryError: no room for a picture'),
    ),
    Fault(
        'quality of service does not fit',
        'depth is published best effort, reliable is asked for',
        streams.best_effort_depth,
        'STALE',
        ('max_age',),
        error('input depth', 'set qos.depth.reliability to best_effort'),
    ),
    Fault(
        'another type on the topic',
        'CompressedImage is published on image',
        streams.compressed_pictures,
        'STALE',
        ('max_age',),
        error('input image', 'sensor_msgs/msg/CompressedImage, expected'),
    ),
)

TIME = (
    Fault(
        "camera's clock jumps back",
        'stamps are an hour back',
        times.camera_clock(-HOUR_S),
        'STALE',
        ('s old, max_age',),
        warn('matching', 'time jumped back by'),
    ),
    Fault(
        "camera's clock jumps ahead",
        'stamps are an hour ahead',
        times.camera_clock(HOUR_S),
        'OK',
        (),
        warn('input image', 's in the future: the clocks differ'),
    ),
    Fault(
        'camera unplugged whose clock is ahead',
        'stamps an hour ahead, then silence',
        times.unplugged_while_ahead,
        'STALE',
        ('s in the future and arrived',),
        warn('input image', 'silent for'),
    ),
    Fault(
        "node's clock jumps back",
        '/clock jumps an hour back, the camera does not follow',
        times.node_clock(-HOUR_S),
        'OK',
        (),
        warn('node', "the node's clock jumped back by"),
    ),
    Fault(
        "node's clock jumps ahead",
        '/clock jumps an hour ahead, the camera does not follow',
        times.node_clock(HOUR_S),
        'STALE',
        ('s old, max_age',),
        warn('node', "the node's clock jumped ahead by"),
    ),
    Fault(
        'simulation paused',
        'use_sim_time is set; /clock and camera stand still',
        times.paused,
        'OK',
        (),
        warn('node', '/clock has stood still for'),
    ),
    Fault(
        'no /clock',
        'use_sim_time is set, and nobody publishes /clock',
        times.without_clock,
        'OK',
        (),
        warn('node', 'use_sim_time is set', '/clock'),
    ),
)

TRANSFORMS = (
    Fault(
        'TF missing at start', 'nobody has published the frame asked for',
        transforms.missing_at_start,
        'NO_TRANSFORM', ("'garage'", 'stamp', 'after 0.1 s'), warn('questions', 'NO_TRANSFORM'),
        on='transforms',
    ),
    Fault(
        'TF stops', 'the broadcaster falls silent',
        transforms.stopped,
        'NO_TRANSFORM', ('extrapolation into the future',), warn('questions', 'NO_TRANSFORM'),
        on='transforms',
    ),
    Fault(
        'TF tree replaced', 'other frames are published, later the map with others below',
        transforms.replaced,
        'NO_TRANSFORM', ("'map'",), warn('questions', 'NO_TRANSFORM'),
        on='transforms',
    ),
    Fault(
        'TF is not a number', 'translations are NaN',
        transforms.not_a_number,
        'NO_TRANSFORM', ("'map'",), warn('questions', 'NO_TRANSFORM'),
        on='transforms',
    ),
    Fault(
        'TF stamped ahead once', 'one message of an hour ahead among good ones',
        transforms.stamped_ahead_once,
        'OK', (), warn('transforms', 'the time of TF jumped back'),
        meanwhile=('NO_TRANSFORM',), at_once=True,
        on='transforms',
    ),
    Fault(
        'gravity frame unknown', 'gravity_frame names a frame that TF does not have',
        transforms.unknown_gravity_frame,
        'OK', (), warn('transforms', 'the floor is found without TF'),
        on='transforms',
    ),
)  # fmt: skip


NO_PIXELS = warn('questions', 'NO_DEPTH', PALLETS[0])
LEFT_OUT = warn('scene', 'left out')

MESSAGES = (
    Fault(
        'depth truncated', 'half of its bytes are missing',
        showing(messages.truncated_depth),
        'NO_DEPTH', ('truncated', 'depth'), warn('scene', 'truncated'),
    ),
    Fault(
        'depth with a wrong step', 'step is 7 bytes',
        showing(messages.wrong_step),
        'NO_DEPTH', ('step is 7',), warn('scene', 'step is 7'),
    ),
    Fault(
        'depth of endless size', 'width and height are 2^31',
        showing(messages.huge_size),
        'NO_DEPTH', ('depth',), warn('scene', 'depth'),
    ),
    Fault(
        'depth in an unknown encoding', "encoding is '64FC7'",
        showing(messages.unknown_depth_encoding),
        'NO_DEPTH', ('64FC7',), warn('scene', '64FC7'),
    ),
    Fault(
        'colour on the topic of depth', 'depth is the colour picture, rgb8',
        showing(messages.colour_as_depth),
        'NO_DEPTH', ('rgb8',), warn('scene', '16UC1'),
    ),
    Fault(
        'depth not aligned', 'depth is 320x240, colour 640x480',
        showing(messages.smaller_depth),
        'NO_DEPTH', ('320x240', '640x480'), warn('scene', 'use_depth_camera_info'),
    ),
    Fault(
        'depth without a measurement', 'all pixels are 0',
        showing(messages.no_depth_at_all),
        'NO_DEPTH', (PALLETS[0],), NO_PIXELS,
    ),
    Fault(
        'depth of NaN', 'all pixels are NaN, 32FC1',
        showing(messages.nan_depth),
        'NO_DEPTH', (PALLETS[0],), NO_PIXELS,
    ),
    Fault(
        'depth of infinities', 'all pixels are infinite, 32FC1',
        showing(messages.endless_depth),
        'NO_DEPTH', (PALLETS[0],), NO_PIXELS,
    ),
    Fault(
        'depth switched to metres', '32FC1 instead of 16UC1, at run time',
        showing(messages.depth_in_metres),
        'OK', (), value('input depth', 'encoding: 32FC1'), check=checks.same_distance,
    ),
    Fault(
        'depth from a big-endian machine', 'is_bigendian is 1, the bytes are turned',
        showing(messages.big_endian_depth),
        'OK', (), value('input depth', 'encoding: 16UC1'), check=checks.same_distance,
    ),
    Fault(
        'rows padded to an odd step', 'step is 1283 bytes for 640 pixels of two',
        showing(messages.padded_rows),
        'OK', (), value('input depth', 'encoding: 16UC1'), check=checks.same_distance,
    ),
    Fault(
        'camera not calibrated', 'camera_info is all zeros',
        showing(messages.zero_camera_info),
        'NO_DEPTH', ('camera_info', 'zeros'), warn('scene', 'not calibrated'),
    ),
    Fault(
        'camera_info of NaN', 'k is NaN',
        showing(messages.nan_camera_info),
        'NO_DEPTH', ('nan',), warn('scene', 'nan'),
    ),
    Fault(
        'camera_info of another camera', 'its width is 1920',
        showing(messages.other_camera_info),
        'NO_DEPTH', ('1920',), warn('scene', '1920'),
    ),
    Fault(
        'picture truncated', '100 bytes of it are left',
        showing(messages.truncated_image),
        'OK', (), warn('scene', 'image', 'truncated'),
    ),
    Fault(
        'picture empty', 'it has no rows',
        showing(messages.empty_image),
        'UNKNOWN_OBJECT', (), warn('scene', 'image'),
    ),
    Fault(
        'picture in an unknown encoding', "encoding is 'plaid8'",
        showing(messages.unknown_image_encoding),
        'OK', (), warn('scene', 'plaid8'),
    ),
    Fault(
        'Bayer picture without cv_bridge', "encoding is 'bayer_rggb8'",
        showing(messages.bayer_image),
        'OK', (), warn('scene', 'cv_bridge'), lacks='cv_bridge',
    ),
    Fault(
        'box of NaN', 'the centre of a box is NaN',
        showing(first_box(messages.nan_box)),
        'UNKNOWN_OBJECT', (PALLETS[0], 'nan', 'left out'), LEFT_OUT,
    ),
    Fault(
        'negative box', 'the width of a box is -20',
        showing(first_box(messages.negative_box)),
        'UNKNOWN_OBJECT', ('turned round',), LEFT_OUT,
    ),
    Fault(
        'endless box', 'the width of a box is infinite',
        showing(first_box(messages.endless_box)),
        'UNKNOWN_OBJECT', ('finite',), LEFT_OUT,
    ),
    Fault(
        'box outside of the picture', 'the centre of a box is at 9000 pixels',
        showing(first_box(messages.outside_box)),
        'UNKNOWN_OBJECT', ('outside',), warn('scene', 'outside'),
    ),
    Fault(
        'empty box', 'a box has no size',
        showing(first_box(messages.empty_box)),
        'UNKNOWN_OBJECT', ('empty',), LEFT_OUT,
    ),
    Fault(
        'nothing detected', 'detections are empty',
        showing(messages.no_detections),
        'UNKNOWN_OBJECT', (PALLETS[0],), value('questions', 'UNKNOWN_OBJECT'),
    ),
    Fault(
        'detections without a class', 'results are empty',
        showing(messages.no_hypotheses_at_all),
        'OK', (), value('scene', 'objects'),
    ),
    Fault(
        '500 more detections', 'a detector that has lost its threshold',
        showing(messages.many_detections),
        'OK', (), value('scene', 'objects: 5'),
    ),
    Fault(
        'one id for two detections', 'two pallets have the same',
        asking_while('where is twin?', showing(messages.twins)),
        'UNKNOWN_OBJECT', ("the id 'twin' is given to 2 detections",), warn('scene', 'twin'),
    ),
    Fault(
        'detections without ids', 'every id is empty',
        asking_while('how many pallets are there?', showing(messages.without_ids)),
        'OK', (), value('scene', 'objects_followed'), check=checks.ids_of_their_own,
    ),
    Fault(
        'detector started again with new ids', 'every object is called as another one was',
        showing(messages.renumbered),
        'OK', (), warn('scene', 'has moved to another object'), check=checks.same_pallets,
    ),
    Fault(
        'frame size changed at run time', '320x240 instead of 640x480, all topics',
        showing(messages.half_the_size),
        'OK', (), value('scene', 'picture_size: 320x240'), check=checks.about_the_same_distance,
    ),
    Fault(
        'frame size changed, camera_info not', '320x240 with the camera_info of 640x480',
        showing(messages.half_the_size_but_camera_info),
        'NO_DEPTH', ('640x480',), warn('scene', '640x480'),
    ),
)  # fmt: skip

QUESTIONS = (
    Fault(
        '100 kB of unicode', '50,000 letters as a question',
        asking('ä' * 50_000),
        'NOT_UNDERSTOOD', ('50000 characters',), value('questions', 'NOT_UNDERSTOOD'),
    ),
    Fault(
        'nothing asked', 'an empty question',
        asking(''),
        'NOT_UNDERSTOOD', ('empty',), value('questions', 'NOT_UNDERSTOOD'),
    ),
    Fault(
        'a language that is not spoken here', 'Chinese and an emoji',
        asking('托盘在哪里？🚜'),
        'NOT_UNDERSTOOD', (), value('questions', 'NOT_UNDERSTOOD'),
    ),
    Fault(
        'fewer ids than mask tokens', 'two mask tokens, one id',
        asking('how far is <mask> from <mask>?', object_ids=PALLETS[:1]),
        'NOT_UNDERSTOOD', ('2 <mask>', '1 ids'), value('questions', 'NOT_UNDERSTOOD'),
    ),
    Fault(
        'an object that is not there', 'an id that no detection has',
        asking(f'how far is {PALLETS[0]} from unicorn_7?'),
        'UNKNOWN_OBJECT', ('unicorn',), value('questions', 'UNKNOWN_OBJECT'),
    ),
    Fault(
        'several objects meant', 'a class of which there are many',
        asking('where is the pallet?'),
        'AMBIGUOUS', (PALLETS[0],), value('questions', 'AMBIGUOUS'),
    ),
    Fault(
        'an engine that is not there', 'the request names it',
        asking(engine='oracle'),
        'ENGINE_FAILED', ('oracle', 'geometric'), error('questions', 'oracle'),
    ),
    Fault(
        'a picture fresher than the camera gives', 'max_age of 0.8 ms',
        questions.stale_on_request,
        'STALE', ('max_age is 0.0008 s',), warn('questions', 'STALE'),
    ),
    Fault(
        'more questions than may wait', 'five more than question_queue while the engine is busy',
        questions.flooded,
        'BUSY', ('questions wait',), warn('questions', 'BUSY for 5'),
    ),
    Fault(
        '1,000 questions at once', '50 clients ask 20 each',
        questions.many_clients,
        'BUSY', ('questions wait',), warn('questions', 'BUSY'),
    ),
    Fault(
        'asker gone before the answer', 'its client is destroyed meanwhile',
        questions.asker_gone,
        'OK', (), value('questions', 'OK'), at_once=True,
    ),
)  # fmt: skip

INSIDE = (
    Fault(
        'engine does not come back', 'it waits; get_state answers meanwhile',
        engines.stuck,
        'TIMEOUT', ('while it was being answered',), warn('questions', 'TIMEOUT'),
    ),
    Fault(
        'engine raises', 'measuring raises ValueError',
        engines.raising(ValueError('a bug')),
        'ENGINE_FAILED', ('ValueError: a bug',), error('questions', 'ENGINE_FAILED', 'a bug'),
    ),
    Fault(
        'no memory left', 'measuring raises MemoryError',
        engines.raising(MemoryError('no room')),
        'ENGINE_FAILED', ('MemoryError: no room',), error('questions', 'MemoryError'),
    ),
    Fault(
        'engine ends the thread', 'measuring raises SystemExit',
        engines.raising(SystemExit(1)),
        'ENGINE_FAILED', ('SystemExit',), error('questions', 'SystemExit'),
    ),
    Fault(
        'worker thread dies', 'SystemExit is raised in it',
        engines.killed('answers'),
        'OK', (), warn('node', "thread 'answers' died and was begun again"), at_once=True,
    ),
    Fault(
        'thread that keeps deadlines dies', 'SystemExit is raised in it',
        engines.killed('deadlines'),
        'OK', (), warn('node', "thread 'deadlines' died and was begun again"), at_once=True,
    ),
    Fault(
        'thread that takes pictures dies', 'SystemExit is raised in it',
        engines.killed('inputs'),
        'OK', (), warn('node', "thread 'inputs' died and was begun again"), at_once=True,
    ),
    Fault(
        'thread that takes questions dies', 'SystemExit is raised in it',
        engines.killed('requests'),
        'OK', (), warn('node', "thread 'requests' died and was begun again"), at_once=True,
    ),
    Fault(
        'answers cannot be published', 'publishing raises RuntimeError',
        engines.publishing_fails,
        'OK', (), warn('node', 'an answer could not be published: RuntimeError'),
    ),
    Fault(
        'diagnostics fail', 'looking at the node raises RuntimeError',
        engines.diagnostics_fail,
        'OK', (), error('node', 'there is no report: RuntimeError: no report today'),
    ),
    Fault(
        'activation fails', 'subscribing raises OSError',
        engines.activation_fails,
        'INACTIVE', ('unconfigured',), error('node', 'on_activate failed: OSError: no room'),
        ends='configure and activate',
    ),
    Fault(
        'node deactivated', 'the lifecycle service is asked to',
        engines.deactivated,
        'INACTIVE', ('activate it',), value('questions', 'INACTIVE'),
        ends='activate',
    ),
)  # fmt: skip

NETWORKS = (
    Fault(
        'CUDA error', "torch.AcceleratorError at the network's encoder; engine smolrgpt",
        networks.accelerator_raises(networks.cuda_error, 'smolrgpt'),
        'ENGINE_FAILED', ('CUDA error: an illegal memory access',),
        error('questions', 'died and will be loaded again', 'CUDA error'), on='network',
    ),
    Fault(
        'CUDA error, verified', "torch.AcceleratorError at the network's encoder; engine verified",
        networks.accelerator_raises(networks.cuda_error, 'verified'),
        'OK', (), error('questions', 'the network died', 'CUDA error'), on='network',
    ),
    Fault(
        'CUDA out of memory', "torch.OutOfMemoryError at the network's encoder",
        networks.accelerator_raises(networks.out_of_memory, 'smolrgpt'),
        'ENGINE_FAILED', ('too little free memory',),
        error('questions', 'ENGINE_FAILED', 'too little free memory'), on='network',
    ),
    Fault(
        'network thread dies', 'SystemExit is raised in the network; engine verified',
        networks.accelerator_raises(networks.system_exit, 'verified'),
        'OK', (), error('questions', 'the network died', 'SystemExit'), on='network',
    ),
    Fault(
        'checkpoint replaced by a good one',
        'its files are renamed into place; the old one goes on',
        networks.replaced_by_another,
        'OK', (), warn('questions', 'have changed since they were loaded'), on='network',
        ends='deactivate and activate',
    ),
    Fault(
        'checkpoint overwritten, half of it',
        'the file in use is cut in the middle; engine smolrgpt',
        networks.spoilt(networks.overwritten, 'smolrgpt'),
        'ENGINE_FAILED', ('is cut off',), error('questions', 'is cut off'), on='network',
    ),
    Fault(
        'checkpoint overwritten, half of it, verified', 'the same; engine verified',
        networks.spoilt(networks.overwritten, 'verified'),
        'OK', (), error('questions', 'the network died', 'was overwritten'), on='network',
    ),
    Fault(
        'checkpoint missing at start', 'its folder comes later',
        networks.comes_late(networks.missing),
        'ENGINE_FAILED', ('is no folder',), error('questions', 'is no folder'), on='network',
    ),
    Fault(
        'checkpoint without tokenizer, no hub', 'tokenizer.json comes later',
        networks.comes_late(networks.without_tokenizer),
        'ENGINE_FAILED', ('smolrgpt pack',), error('questions', 'smolrgpt pack'), on='network',
    ),
)  # fmt: skip

PROCESSES = (
    Fault(
        'disk full', 'no file of the process can grow (RLIMIT_FSIZE), neither log nor output',
        processes.disk_full,
        'OK', (), value('questions', 'OK'), on='process',
    ),
    Fault(
        'process stopped', 'SIGSTOP for 1 s, as where a machine swaps; asked meanwhile',
        processes.stopped,
        'OK', (), value('questions', 'OK'), on='process',
        final='after SIGCONT', check=checks.same_distance,
    ),
    Fault(
        'queue lost in shared memory', 'what the process reads (Fast DDS) is moved away',
        processes.deaf,
        'OK', (), error('node', 'nothing new is heard; the node is made anew'), on='process',
        final='from the loss to the first answer',
    ),
    Fault(
        'process killed', 'SIGKILL; started again at once, as with use_respawn',
        processes.killed,
        'OK', (), value('questions', 'OK'), on='process',
        final='from its death to the first answer', check=checks.same_distance,
    ),
    Fault(
        'SIGINT in the middle of an answer', 'the signal comes while 15 questions wait',
        processes.signalled('SIGINT'),
        'INACTIVE', ('shut down',), value('questions', 'OK'), on='process',
        final='ended, exit code 0',
    ),
    Fault(
        'SIGTERM in the middle of an answer', 'the signal comes while 15 questions wait',
        processes.signalled('SIGTERM'),
        'INACTIVE', ('shut down',), value('questions', 'OK'), on='another process',
        final='ended, exit code 0',
    ),
)  # fmt: skip

FAULTS: tuple[Fault, ...] = (
    *STREAMS, *TIME, *TRANSFORMS, *MESSAGES, *QUESTIONS, *INSIDE, *NETWORKS, *PROCESSES,
)  # fmt: skip
